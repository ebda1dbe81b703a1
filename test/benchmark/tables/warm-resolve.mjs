import { createAppAuth } from '@octokit/auth-app';
import {
  doesIdentityRequireRefresh,
  isIdentityExpired,
  memoizeIdentityProvider,
} from '@smithy/core';
import { OAuth2Client } from 'google-auth-library';
import { connectorsService } from '../support/connectors.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { nsPerCall } from '../support/timed.mjs';
import { serveParent } from '../support/worker.mjs';

const ROUNDS = 21;
const CALLS = 200_000;
const HOUR_MS = 3_600_000;
const TOKEN = 'xoxb-0123456789-0123456789';
const OURS = "getConnection('slack')";
const SMITHY = "@smithy/core's memoizeIdentityProvider";

serveParent({ measure });

async function measure() {
  const subjects = { ...(await ours()), ...smithy(), ...google(), ...octokit() };
  const samples = await inTurns(subjects, { rounds: ROUNDS });
  const toSmithy = (name) => fixed(medianRatio(samples[name], samples[SMITHY]));
  return {
    title: `A cached token: ${ROUNDS} rounds of ${CALLS} awaited calls each`,
    columns: ['', 'ns per call', ': smithy'],
    rows: Object.entries(samples).map(([name, ns]) => [name, digits(median(ns)), toSmithy(name)]),
    goals: [{ what: 'warm resolve : @smithy/core', figure: toSmithy(OURS), atMost: 1.1 }],
    samples,
  };
}

// Each subject has its own loop, so that the compiler sees one callee in each.

async function ours() {
  const client = { getConnection: async () => ({ accessToken: TOKEN, connectionConfig: null }) };
  const service = await connectorsService({ client, cache: { ttlMs: HOUR_MS } });
  return {
    [OURS]: () =>
      nsPerCall(CALLS, async (count) => {
        for (let call = 0; call < count; call += 1) await service.getConnection('slack');
      }),
    "getAccessToken('slack')": () =>
      nsPerCall(CALLS, async (count) => {
        for (let call = 0; call < count; call += 1) await service.getAccessToken('slack');
      }),
  };
}

/** Used as in the AWS SDK, with credentials that expire. */
function smithy() {
  const expiration = new Date(Date.now() + HOUR_MS);
  const provide = memoizeIdentityProvider(
    async () => ({ token: TOKEN, expiration }),
    isIdentityExpired,
    doesIdentityRequireRefresh,
  );
  return {
    [SMITHY]: () =>
      nsPerCall(CALLS, async (count) => {
        for (let call = 0; call < count; call += 1) await provide();
      }),
  };
}

function google() {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: TOKEN, expiry_date: Date.now() + HOUR_MS });
  return {
    "google-auth-library's getAccessToken": () =>
      nsPerCall(CALLS, async (count) => {
        for (let call = 0; call < count; call += 1) await client.getAccessToken();
      }),
  };
}

/** The token of an installation, from its cache. This code responds to the request that fills it. */
function octokit() {
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const auth = createAppAuth({
    appId: 1,
    createJwt: async () => ({ jwt: 'jwt', expiresAt }),
    request: async () => ({
      data: { token: TOKEN, expires_at: expiresAt, permissions: { contents: 'read' } },
    }),
  });
  return {
    "@octokit/auth-app's installation token": () =>
      nsPerCall(CALLS / 10, async (count) => {
        const options = { type: 'installation', installationId: 1 };
        for (let call = 0; call < count; call += 1) await auth(options);
      }),
  };
}
