const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * HTML that needs no escaping.
 *
 * @internal
 */
export class Html {
  constructor(readonly text: string) {}
}

/**
 * Builds HTML. It escapes each value that is not HTML itself, and joins lists.
 *
 * @internal
 */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const parts = strings.map((text, index) => text + toText(values[index] ?? ''));
  return new Html(parts.join(''));
}

function toText(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(toText).join('') : escape(String(value));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
