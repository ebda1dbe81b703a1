const FRAGMENT_LENGTH = 8;

/** A secret that no output may contain. */
export interface MarkedToken {
  /** Replaces the token in messages. */
  readonly label: string;
  readonly value: string;
}

/** Finds random tokens in texts: raw, in base64, in hex, encoded for a URL, and any eight characters of these. */
export class TokenFinder {
  /** The label of each fragment. */
  readonly #fragments = new Map<string, string>();

  constructor(tokens: readonly MarkedToken[]) {
    for (const { label, value } of tokens) {
      for (const form of encode(value)) this.#addFragments(form, label);
    }
  }

  /** Returns the text with labels in place of tokens, or `undefined` if it contains none. */
  redact(text: string): string | undefined {
    let redacted = '';
    let copied = 0;
    let label: string | undefined;
    for (let at = 0; at + FRAGMENT_LENGTH <= text.length; at += 1) {
      const found = this.#fragments.get(text.slice(at, at + FRAGMENT_LENGTH));
      if (found === undefined) continue;
      if (label === undefined || at > copied) redacted += `${text.slice(copied, at)}[${found}]`;
      label = found;
      copied = at + FRAGMENT_LENGTH;
    }
    return label === undefined ? undefined : redacted + text.slice(copied);
  }

  #addFragments(form: string, label: string): void {
    for (let at = 0; at + FRAGMENT_LENGTH <= form.length; at += 1) {
      this.#fragments.set(form.slice(at, at + FRAGMENT_LENGTH), label);
    }
  }
}

function encode(token: string): string[] {
  const hex = Buffer.from(token).toString('hex');
  const url = encodeURIComponent(token);
  return [token, url, hex, hex.toUpperCase(), ...encodeBase64(token)];
}

/** Base64 depends on the number of bytes before, modulo three. */
function encodeBase64(token: string): string[] {
  return ['', ' ', '  '].flatMap((before) => {
    const bytes = Buffer.from(before + token);
    const start = before === '' ? 0 : 4;
    return [bytes.toString('base64').slice(start), bytes.toString('base64url').slice(start)];
  });
}
