// Seeded mutations of a valid input: of its bytes, its text or its JSON value.

const WORDS = [
  '', ' ', '\n', '\0', '\u001b[31m', '"', "'", ',', ';', '\t', ':', '=', '+', '@', '..', '/', '{', '}', '[', ']', '-', '%', '\\',
  'NaN', 'Infinity', '-Infinity', '1e308', '1e999', '5e-324', '-0', '9007199254740993', '0x10', 'null', 'true', 'undefined',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', '\ud800', '\udc00', '\ufeff', '😀', '模型', 'é', 'a'.repeat(300),
]; // prettier-ignore

const LEAVES = [
  null, true, false, 0, -0, 1, -1, 0.5, 2, 1e-300, 5e-324, 1e40, 1e300, 1.7976931348623157e308, -1e308, 4294967296,
  9007199254740992, ...WORDS, [], {}, [[]], [null], { '': 0 }, ['a', 'a'], [1e308, 1e308],
]; // prettier-ignore

const pick = (random, items) => items[random.int(items.length)];
const times = (random) => 1 + (random.int(4) === 0 ? random.int(6) : random.int(2));

/** @param {Uint8Array} bytes */
export function mutateBytes(random, bytes) {
  let out = Array.from(bytes);
  for (let n = times(random); n > 0; n--) {
    const at = random.int(out.length + 1);
    switch (random.int(7)) {
      case 0:
        if (out.length > 0) out[at % out.length] ^= 1 << random.int(8);
        break;
      case 1:
        if (out.length > 0) out[at % out.length] = pick(random, [0, 1, 0x7f, 0x80, 0xff, random.int(256)]);
        break;
      case 2:
        out.splice(at, 0, ...Array.from({ length: 1 + random.int(8) }, () => random.int(256)));
        break;
      case 3:
        out.splice(at, 1 + random.int(16));
        break;
      case 4:
        out = out.slice(0, at);
        break;
      case 5: {
        const end = Math.min(out.length, at + 1 + random.int(64));
        out.splice(random.int(out.length + 1), 0, ...out.slice(at, end));
        break;
      }
      default:
        // A little-endian number of 4 bytes, where lengths and offsets stand.
        if (out.length >= 4) {
          const value = pick(random, [0, 1, 0x7fffffff, 0xffffffff, random.bits()]);
          for (let k = 0; k < 4; k++) out[Math.min(out.length - 1, at + k)] = (value >>> (8 * k)) & 0xff;
        }
    }
  }
  return Uint8Array.from(out);
}

/** @param {string} text */
export function mutateText(random, text) {
  let out = text;
  for (let n = times(random); n > 0; n--) {
    const at = random.int(out.length + 1);
    const length = 1 + random.int(8);
    switch (random.int(6)) {
      case 0:
        out = out.slice(0, at) + pick(random, WORDS) + out.slice(at);
        break;
      case 1:
        out = out.slice(0, at) + out.slice(at + length);
        break;
      case 2:
        out = out.slice(0, at) + pick(random, WORDS) + out.slice(at + length);
        break;
      case 3:
        out = out.slice(0, at);
        break;
      case 4:
        out = out.slice(0, at) + out.slice(at, at + 8 * length) + out.slice(at);
        break;
      default:
        out = out.replace(/-?\d+(\.\d+)?/g, (number) => (random.int(8) === 0 ? String(pick(random, LEAVES)) : number));
    }
  }
  return out;
}

/** A copy of a JSON value with some of its parts changed, removed, added or moved. */
export function mutateJson(random, value) {
  let out = structuredClone(value);
  for (let n = times(random); n > 0; n--) {
    const places = [];
    collect(out, places);
    if (places.length === 0 || random.int(200) === 0) {
      out = structuredClone(pick(random, LEAVES));
      continue;
    }
    const { holder, key } = pick(random, places);
    switch (random.int(6)) {
      case 0:
      case 1:
        holder[key] = structuredClone(pick(random, LEAVES));
        break;
      case 2:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        break;
      case 3:
        if (Array.isArray(holder)) holder.push(structuredClone(holder[key]));
        else define(holder, pick(random, WORDS), structuredClone(holder[key]));
        break;
      case 4:
        holder[key] = structuredClone(pick(random, places).holder);
        break;
      default:
        if (typeof holder[key] === 'string') holder[key] = mutateText(random, holder[key]);
        else if (typeof holder[key] === 'number')
          holder[key] = pick(random, [-holder[key], holder[key] * 1e30, holder[key] + 0.5, 1 / holder[key] || 0]);
        else holder[key] = structuredClone(pick(random, LEAVES));
    }
  }
  return out;
}

/** An own property whatever its name is, as JSON.parse makes one. */
function define(holder, key, value) {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function collect(value, places, depth = 0) {
  if (typeof value !== 'object' || value === null || depth > 12 || places.length > 2000) return;
  for (const key of Object.keys(value)) {
    places.push({ holder: value, key });
    collect(value[key], places, depth + 1);
  }
}
