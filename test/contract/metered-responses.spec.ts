import fc from 'fast-check';
import { UnexpectedResponseError } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { settle } from '../support/async.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { SEED } from './generated.js';
import { recordDifferences } from './intended-differences.js';

const differs = recordDifferences('metered-responses');
async function contestants() {
  const script = { text: '' };
  const server = await startRecordingServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(script.text);
  });
  const config = { serverUrl: server.url, serviceToken: 'service' };
  const client = createOfficialClient(config);
  return {
    script,
    official: client.asServiceRole.connectors,
    products: [await createConnectors(config), await createConnectors({ client })],
  };
}

const documented = {
  success: fc.boolean(),
  phase: fc.constantFrom('not_sent', 'responded', 'timed_out', 'sent_unconfirmed'),
  status_code: fc.option(fc.integer({ min: 100, max: 599 })),
  data: fc.jsonValue(),
  data_base64: fc.option(fc.base64String()),
  content_type: fc.option(fc.constantFrom('image/png', 'application/pdf')),
  headers: fc.dictionary(fc.string(), fc.string()),
  credits_charged: fc.double({ min: 0, max: 100, noNaN: true, noDefaultInfinity: true }),
};

const complete = { success: true, phase: 'responded', status_code: 200, data: { a: 1 } };

describe('this package and the official SDK return the same response of a metered call', () => {
  it('for every documented response of the API', async () => {
    const { script, official, products } = await contestants();
    const answers = fc.record(documented, { requiredKeys: ['success', 'phase', 'data'] });

    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        script.text = JSON.stringify(answer);
        const theirs = await official.callApi('x', { path: '/' });
        for (const product of products) {
          expect(await product.callApi('x', { path: '/' })).toStrictEqual(theirs);
        }
      }),
      { seed: SEED, numRuns: scaled(300, 50) },
    );
  });

  it('but null for data that is missing', async () => {
    const { script, official, products } = await contestants();
    script.text = '{"success":false,"phase":"not_sent"}';
    const theirs = await official.callApi('x', { path: '/' });

    expect(theirs.data).toBeUndefined();
    for (const product of products) {
      const ours = await product.callApi('x', { path: '/' });
      expect(ours).toStrictEqual({ ...theirs, data: null });
    }
    differs('missing-data-as-null');
  });
});

describe('unlike the official SDK, this package', () => {
  it.each([
    ['no object', 'null'],
    ['a list', '[]'],
    ['a web page', '<html>'],
    ['nothing', ''],
    ['no success flag', JSON.stringify({ ...complete, success: undefined })],
    ['a success flag that is a text', JSON.stringify({ ...complete, success: 'true' })],
    ['no phase', JSON.stringify({ ...complete, phase: undefined })],
    ['an unknown phase', JSON.stringify({ ...complete, phase: 'lost' })],
  ])(
    'rejects when the response is or has %s, because the outcome of the call is unknown',
    async (_case, text) => {
      const { script, official, products } = await contestants();
      script.text = text;
      const theirs = await settle(() => official.callApi('x', { path: '/' }));

      for (const product of products) {
        const ours = await settle(() => product.callApi('x', { path: '/' }));
        expect(ours).toEqual({ error: expect.any(UnexpectedResponseError) as unknown });
        expect(theirs).not.toEqual(ours);
      }
      differs('unknown-outcome');
    },
  );

  it.each([
    [{ status_code: '200' }, { status: null }],
    [{ data_base64: 42 }, { dataBase64: null }],
    [{ content_type: ['a'] }, { contentType: null }],
    [{ headers: { a: 1, b: 'c' } }, { headers: { b: 'c' } }],
    [{ headers: 42 }, { headers: {} }],
    [{ credits_charged: '3' }, { creditsCharged: 0 }],
  ])('reads %j as %j', async (fields, expected) => {
    const { script, official, products } = await contestants();
    script.text = JSON.stringify({ ...complete, ...fields });
    const theirs = await official.callApi('x', { path: '/' });

    for (const product of products) {
      const ours = await product.callApi('x', { path: '/' });
      expect(ours).toStrictEqual({ ...theirs, ...expected });
      expect(ours).not.toEqual(theirs);
    }
    differs('field-of-another-type');
  });
});
