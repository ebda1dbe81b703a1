import type ts from 'typescript';
import { getIndent, type SourceStyle } from './source-style.js';
import { insertAt, type TextEdit } from './text-edits.js';

const LINE_BREAK = /[\r\n]/;

/** An array or object literal, to which the schematic adds an item. */
export class BracketedList {
  readonly #isOneLine: boolean;
  readonly #opening: number;
  readonly #closing: number;

  /**
   * @param items - the elements or properties of the literal
   * @param baseIndent - the indentation of the line with the opening bracket
   */
  constructor(
    private readonly source: string,
    private readonly style: SourceStyle,
    literal: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
    private readonly items: ts.NodeArray<ts.Node>,
    private readonly baseIndent: string,
  ) {
    this.#opening = literal.getStart();
    this.#closing = literal.end - 1;
    this.#isOneLine = !this.#hasLineBreak(this.#opening, this.#closing);
  }

  /** The indentation of the items, if each is on a line of its own. */
  get itemIndent(): string {
    const start = this.items[0]?.getStart();
    if (start !== undefined && this.#hasLineBreak(this.#opening, start)) {
      return getIndent(this.source, start);
    }
    return this.baseIndent + this.style.indent;
  }

  /** Puts the items and the closing bracket on lines of their own, if the list has one line. */
  split(): TextEdit[] {
    return this.#isOneLine ? [...this.#splitItems(), this.#closeAfter('')] : [];
  }

  /** Adds an item at the end. */
  append(code: string): TextEdit[] {
    const needsComma = this.items.length > 0 && !this.items.hasTrailingComma;
    return [
      ...(this.#isOneLine ? this.#splitItems() : []),
      ...(needsComma ? [insertAt(this.items.end, ',')] : []),
      this.#closeAfter(`${this.style.eol}${code},`),
    ];
  }

  /** Adds an item at the start. */
  prepend(code: string): TextEdit[] {
    return [insertAt(this.#opening + 1, `${this.style.eol}${code},`), ...this.split()];
  }

  /** Replaces the white space before each item, and keeps comments. */
  #splitItems(): TextEdit[] {
    return this.items.map(({ pos }) => {
      const [{ length } = ''] = /^\s*/.exec(this.source.slice(pos)) ?? [];
      return { start: pos, end: pos + length, text: this.style.eol + this.itemIndent };
    });
  }

  /** Replaces the white space before the closing bracket with text and a new line. */
  #closeAfter(text: string): TextEdit {
    const start = this.source.slice(0, this.#closing).trimEnd().length;
    const isOnOwnLine = this.#hasLineBreak(start, this.#closing);
    const indent = isOnOwnLine ? getIndent(this.source, this.#closing) : this.baseIndent;
    return { start, end: this.#closing, text: text + this.style.eol + indent };
  }

  #hasLineBreak(start: number, end: number): boolean {
    return LINE_BREAK.test(this.source.slice(start, end));
  }
}
