import { CompiledLib } from '../support/compiled-lib.js';
import { figure } from '../support/figures.js';
import { Resolving } from '../support/resolving.js';
import { hang, type TokenServer } from '../support/token-server.js';

/** What programs begin with: an application, its service and a pause. */
const beginning = (options: string): string => `
  import 'reflect-metadata';
  import { NestFactory } from '@nestjs/core';
  import { ConnectorsModule, ConnectorsService } from './lib/index.js';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const imports = ConnectorsModule.forRoot({ appId: 'app1', ${options} });
  const app = await NestFactory.createApplicationContext(imports, { logger: false });
  const connectors = app.get(ConnectorsService);
`;

const overHttp = ({ url }: TokenServer): string =>
  `serviceToken: 'service-token', serverUrl: '${url}'`;

/** Answers in the process itself: what is measured is what is kept, not what is sent. */
const CLIENT = `client: {
  getConnection: async (name) => ({ accessToken: 'token-of-' + name, connectionConfig: null }),
}`;

describe('A process', () => {
  const app = Resolving.forEachTest();
  let lib: CompiledLib;

  beforeAll(async () => {
    lib = await CompiledLib.create();
  });

  afterAll(() => lib.remove());

  it('ends by itself after close, with a thousand calls in flight', async () => {
    app.server.respond = hang;
    const result = (await lib.run(`
      ${beginning(overHttp(app.server))}
      const calls = Array.from({ length: 1_000 }, (_, index) =>
        connectors.getConnection('slack-' + index).catch(({ code }) => code));
      await pause(500);
      const beganAtMs = performance.now();
      await app.close();
      const codes = [...new Set(await Promise.all(calls))];
      const settledMs = performance.now() - beganAtMs;
      process.on('exit', () => console.log(
        JSON.stringify({ codes, settledMs, endedMs: performance.now() - beganAtMs }),
      ));
    `)) as { codes: string[]; settledMs: number; endedMs: number };
    const { codes, settledMs, endedMs } = result;
    figure(
      'process with 1,000 in flight: settled, ended after',
      `${settledMs.toFixed(0)}, ${endedMs.toFixed(0)} ms`,
    );
    expect(codes).toEqual(['BASE44_UNAVAILABLE']);
    expect(settledMs).toBeLessThan(2_000);
    expect(endedMs).toBeLessThan(4_000);
  });

  it('is not kept alive by connections that are kept, nor by idle sockets', async () => {
    const result = await lib.run(`
      ${beginning(overHttp(app.server))}
      await connectors.getConnection('slack');
      const beganAtMs = performance.now();
      process.on('exit', () => console.log(performance.now() - beganAtMs < 4_000));
    `);
    expect(result).toBe(true);
  });

  it('resolves a million times without its heap growing', async () => {
    const result = (await lib.run(
      `
      ${beginning(overHttp(app.server))}
      const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
      const resolve = async (times) => {
        for (let done = 0; done < times; done += 1) await connectors.getConnection('slack');
      };
      await resolve(100_000);
      await pause(50);
      const before = heap();
      const beganAtMs = performance.now();
      await resolve(1_000_000);
      const tookMs = performance.now() - beganAtMs;
      await pause(50);
      const after = heap();
      await app.close();
      console.log(JSON.stringify({ before, after, tookMs }));
    `,
      ['--expose-gc'],
    )) as { before: number; after: number; tookMs: number };
    const { before, after, tookMs } = result;
    const drift = after / before - 1;
    figure(
      '1,000,000 warm resolves: heap drift',
      `${(drift * 100).toFixed(2)} % of ${(before / 2 ** 20).toFixed(1)} MiB in ${tookMs.toFixed(0)} ms`,
    );
    expect(drift).toBeLessThan(0.05);
    expect(app.server.requests).toBe(1);
  });

  it('that has seen 100,000 connections keeps 10,000 of them', async () => {
    const result = (await lib.run(
      `
      ${beginning(CLIENT)}
      const heap = async () => { await pause(100); gc(); await pause(100); gc(); return process.memoryUsage().heapUsed; };
      const fill = async (from, to) => {
        for (let index = from; index < to; index += 1) {
          await connectors.getConnection('slack-' + index);
          if (index % 1_000 === 0) await pause(0);
        }
      };
      await fill(0, 20_000);
      const before = await heap();
      await fill(20_000, 100_000);
      const after = await heap();
      await app.close();
      console.log(JSON.stringify({ before, after }));
    `,
      ['--expose-gc'],
    )) as { before: number; after: number };
    const drift = result.after / result.before - 1;
    figure('heap after 100,000 connections : after 20,000', `${(drift * 100).toFixed(2)} %`);
    expect(drift).toBeLessThan(0.05);
  });
});
