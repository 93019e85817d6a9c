import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gatewayConfigSchema } from '@routeprofile/gateway';
import { postgresSettingsSchema } from '@routeprofile/gateway/postgres';
import { parse } from 'yaml';
import { extractBlocks } from './code-blocks/extract.mjs';

const root = new URL('../../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const example = (name) => read(`examples/three-replicas/${name}`);
const { blocks } = extractBlocks(read('apps/docs/guides/replicas.md'));
const compose = parse(example('docker-compose.yaml'), { merge: true });
const replicas = Object.keys(compose.services).filter((name) => name.startsWith('gateway-'));

test('the guide shows the files of the example', () => {
  for (const name of ['Dockerfile', 'Caddyfile', 'docker-compose.yaml', 'routeprofile.serve.yaml'])
    assert.ok(
      blocks.some(({ code }) => code === example(name)),
      `${name} is not shown as it is`,
    );
});

test('three gateways are alike, and the proxy knows each', () => {
  assert.equal(replicas.length, 3);
  for (const name of replicas) {
    assert.deepEqual(compose.services[name], compose['x-gateway']);
    assert.ok(example('Caddyfile').includes(`${name}:4180`));
  }
  assert.deepEqual(compose.services.proxy.depends_on, replicas);
});

test('each file that is mounted is there, and each volume is declared', () => {
  for (const { volumes = [] } of Object.values(compose.services))
    for (const [from] of volumes.map((volume) => volume.split(':')))
      if (from.startsWith('./')) assert.ok(example(from.slice(2)).length > 0);
      else if (!from.startsWith('$')) assert.ok(Object.hasOwn(compose.volumes, from), from);
});

test('every secret comes from outside', () => {
  const { listen: _listen, state, routes, ...rest } = parse(example('routeprofile.serve.yaml'));
  for (const { router: _router, ...settings } of Object.values(routes)) assert.deepEqual(settings, {});
  const { keys, endpoints } = gatewayConfigSchema.parse(rest);
  const { kind, url, ...settings } = state;
  postgresSettingsSchema.parse(settings);
  assert.equal(kind, 'postgres');
  const { environment } = compose['x-gateway'];
  for (const reference of [url, ...keys.map(({ key }) => key), ...endpoints.map(({ key }) => key)])
    assert.ok(Object.hasOwn(environment, reference.replace(/^env:/, '')), reference);
  for (const [name, value] of Object.entries({ ...environment, ...compose.services.database.environment }))
    if (/KEY|URL|PASSWORD/.test(name)) assert.ok(value === null || /[:@]?\$\{[A-Z_]+:\?/.test(value), name);
});
