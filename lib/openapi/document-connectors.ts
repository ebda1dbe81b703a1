import { CONNECTORS_EXTENSION } from './connector-operations.js';
import { describeErrorResponse, type DocumentedStatus, ERROR_SCHEMA } from './error-responses.js';

const SCHEMA_NAME = 'ConnectorsErrorBody';

/** The statuses of errors that a decorated parameter can cause. */
const STATUSES: readonly DocumentedStatus[] = [424, 502, 503];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds the error responses of connectors to an OpenAPI document of `@nestjs/swagger`. Each operation
 * whose handler has a parameter decorator of this package gets 424, 502 and 503 with their schema.
 * Operations that use connectors of the signed-in user also get 401. Existing responses are not changed.
 *
 * @param document - the result of `SwaggerModule.createDocument()`, which is not changed
 * @returns a document with the added responses
 * @example
 * const document = documentConnectors(SwaggerModule.createDocument(app, config));
 * SwaggerModule.setup('docs', app, document);
 *
 * @publicApi
 */
export function documentConnectors<
  T extends { readonly paths: object; readonly components?: object | undefined },
>(document: T): T {
  const components = toFields(document.components);
  const schemas = { [SCHEMA_NAME]: structuredClone(ERROR_SCHEMA), ...toFields(components.schemas) };
  const paths = mapFields(document.paths, (path) => mapFields(path, addResponses));
  return { ...document, paths, components: { ...components, schemas } };
}

/** Adds responses to an operation of a path. The other fields of a path have no extension. */
function addResponses(operation: unknown): unknown {
  const { [CONNECTORS_EXTENSION]: connectors, responses, ...others } = toFields(operation);
  if (!Array.isArray(connectors)) return operation;
  const isForUsers = connectors.some((name) => String(name).startsWith('appUserConnector'));
  const statuses = isForUsers ? [401 as const, ...STATUSES] : STATUSES;
  const added = Object.fromEntries(statuses.map((status) => [status, createResponse(status)]));
  return {
    ...others,
    [CONNECTORS_EXTENSION]: connectors,
    responses: { ...added, ...toFields(responses) },
  };
}

function createResponse(status: DocumentedStatus): object {
  const schema = { $ref: `#/components/schemas/${SCHEMA_NAME}` };
  return { ...describeErrorResponse(status), content: { 'application/json': { schema } } };
}

function mapFields(fields: unknown, map: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(toFields(fields)).map(([key, one]) => [key, map(one)]));
}

function toFields(value: unknown): Fields {
  return Object(value) as Fields;
}
