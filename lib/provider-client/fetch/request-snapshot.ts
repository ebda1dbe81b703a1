type Body = NonNullable<RequestInit['body']>;

/**
 * Copies a request, so a later change by the caller has no effect. The native `fetch` reads its
 * arguments at once; here they are read again after the wait for a token, and for each retry.
 *
 * @internal
 */
export function takeSnapshot(init: RequestInit): RequestInit {
  const { headers, body } = init;
  return {
    ...init,
    ...(headers && { headers: new Headers(headers) }),
    ...(body && { body: copyBody(body) }),
  };
}

function copyBody(body: Body): Body {
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  }
  return body instanceof FormData ? copyForm(body) : body;
}

function copyForm(form: FormData): FormData {
  const copy = new FormData();
  for (const [name, value] of form) copy.append(name, value);
  return copy;
}
