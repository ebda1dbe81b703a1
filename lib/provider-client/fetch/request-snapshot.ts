/**
 * A request as it is now: what its caller changes later does not change it. `fetch` reads it
 * at once, too; here it waits for a token, and may be sent again.
 *
 * @internal
 */
export function takeSnapshot(init: RequestInit): RequestInit {
  const { headers, body } = init;
  return {
    ...init,
    ...(headers && { headers: new Headers(headers) }),
    ...(body && { body: copyOf(body) }),
  };
}

function copyOf(body: NonNullable<RequestInit['body']>): NonNullable<RequestInit['body']> {
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  }
  return body instanceof FormData ? copyOfForm(body) : body;
}

function copyOfForm(form: FormData): FormData {
  const copy = new FormData();
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
