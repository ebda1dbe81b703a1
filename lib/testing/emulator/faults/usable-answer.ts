/** A token answer that a client would take, were it not for the fault around it. */
export const USABLE_JSON = JSON.stringify({
  access_token: 'token-from-a-faulty-answer',
  integration_type: 'faulty',
  connection_config: null,
});

export const json = { 'Content-Type': 'application/json' } as const;
