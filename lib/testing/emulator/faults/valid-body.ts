/** A body that a client accepts as a token, so that only the fault around it can fail. */
export const VALID_BODY = JSON.stringify({
  access_token: 'token-from-a-faulty-response',
  integration_type: 'faulty',
  connection_config: null,
});

export const JSON_HEADERS = { 'Content-Type': 'application/json' } as const;
