import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInChild } from '../support/child-process.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';

const DAY_MS = 86_400_000;

const CERTIFICATES = {
  trusted: createSelfSignedCertificate({ ip: '127.0.0.1' }),
  expired: createSelfSignedCertificate({
    ip: '127.0.0.1',
    notAfter: new Date(Date.now() - DAY_MS),
  }),
  ofAnotherHost: createSelfSignedCertificate({ ip: '192.0.2.1' }),
  untrusted: createSelfSignedCertificate({ ip: '127.0.0.1' }),
};

it('the service token is sent only to a server with a valid certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tls-'));
  closeAfterTest(() => rm(folder, { recursive: true }));
  const { trusted, expired, ofAnotherHost } = CERTIFICATES;
  const authorities = join(folder, 'ca.pem');
  await writeFile(authorities, [trusted, expired, ofAnotherHost].map(({ cert }) => cert).join(''));
  const servers = await Promise.all(
    Object.entries(CERTIFICATES).map(
      async ([name, tls]) => [name, await startRecordingServer(undefined, { tls })] as const,
    ),
  );

  const results = await runInChild(
    'base44-tls',
    Object.fromEntries(servers.map(([name, { url }]) => [name, url])),
    { env: { NODE_EXTRA_CA_CERTS: authorities } },
  );

  const unavailable = (code: string): unknown =>
    expect.objectContaining({
      code: 'BASE44_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(code) as unknown,
    });
  expect(results).toEqual({
    trusted: { accessToken: 'token', connectionConfig: null },
    expired: unavailable('CERT_HAS_EXPIRED'),
    ofAnotherHost: unavailable('ERR_TLS_CERT_ALTNAME_INVALID'),
    untrusted: unavailable('DEPTH_ZERO_SELF_SIGNED_CERT'),
  });
  expect(servers.map(([name, { requests }]) => [name, requests.length])).toEqual([
    ['trusted', 1],
    ['expired', 0],
    ['ofAnotherHost', 0],
    ['untrusted', 0],
  ]);
});
