import { HttpError } from '../http/emulator-response.js';
import { validationFailed, type ValidationIssue } from '../http/error-responses.js';
import type { RecordedRequest } from '../http/recorded-request.js';
import type { MeteredRequest } from '../state/meter.js';

interface Rule {
  readonly msg: string;
  readonly accepts: (value: unknown) => boolean;
}

const METHODS: readonly unknown[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

const RULES: Readonly<Record<string, Rule>> = {
  method: {
    msg: 'Input should be one of GET, POST, PUT, PATCH, DELETE or HEAD',
    accepts: (value) => value === undefined || METHODS.includes(value),
  },
  host: {
    msg: 'Input should be a valid string',
    accepts: (value) => value == null || typeof value === 'string',
  },
  path: {
    msg: 'Input should be a path that starts with one slash',
    accepts: (value) => typeof value === 'string' && /^\/(?!\/)/.test(value),
  },
  query: { msg: 'Input should be an object', accepts: isAbsentOrObject },
  headers: {
    msg: 'Input should be an object of strings',
    accepts: (value) => isAbsentOrObject(value) && Object.values(value ?? {}).every(isString),
  },
};

/** Parses the body of a metered call and validates it as Base44's proxy does. */
export function parseMeteredRequest({ body, rawBody }: RecordedRequest): MeteredRequest {
  const issues = isObject(body) ? findFieldIssues(body) : [toBodyIssue(body, rawBody)];
  if (issues.length > 0) throw new HttpError(validationFailed(issues));
  const defaults = { method: 'GET', query: {}, headers: {}, body: null };
  return { ...defaults, ...(body as Pick<MeteredRequest, 'path'>) };
}

function findFieldIssues(body: Record<string, unknown>): ValidationIssue[] {
  return Object.entries(RULES)
    .filter(([field, rule]) => !rule.accepts(body[field]))
    .map(([field, { msg }]) => ({
      type: field in body ? 'value_error' : 'missing',
      loc: ['body', field],
      msg: field in body ? msg : 'Field required',
      input: body[field] ?? body,
    }));
}

function toBodyIssue(body: unknown, rawBody: string): ValidationIssue {
  if (rawBody === '') return { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
  return body === undefined
    ? { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }
    : { type: 'dict_type', loc: ['body'], msg: 'Input should be an object', input: body };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsentOrObject(value: unknown): value is Record<string, unknown> | undefined {
  return value === undefined || isObject(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
