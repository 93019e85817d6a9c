import { describeRouterContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { clusterRouter } from './cluster.js';

describeRouterContract({ describe, it, expect }, clusterRouter);
describeRouterContract({ describe, it, expect }, clusterRouter, { options: { clusters: 4, temperature: 0.1 } });
