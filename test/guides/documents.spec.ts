import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const GUIDES = readdirSync(path.join(ROOT, 'sample'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Each document, and the folders whose files it shows. */
const DOCUMENTS = [
  { document: 'README.md', examples: 'test/guides/readme', code: undefined },
  ...GUIDES.map((guide) => ({
    document: `sample/${guide}/README.md`,
    examples: `test/guides/${guide}`,
    code: `sample/${guide}`,
  })),
];

describe.each(DOCUMENTS)('$document', ({ document, examples, code }) => {
  const text = read(document);
  const shown = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block = '']) => block);

  it('shows no code but that of tested files', () => {
    const files = [...readFolder(examples), ...(code ? readFolder(code) : [])];
    const known = new Set(files.map(({ name, content }) => withName(name, content)));
    expect(shown.filter((block) => !known.has(block))).toEqual([]);
  });

  it('shows every example that was written for it', () => {
    const missing = readFolder(examples).filter(({ content }) => !shown.includes(content));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('links to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)];
    const broken = links.filter(([, file = '', anchor]) => {
      const target = path.join(
        ROOT,
        path.dirname(document),
        file === '' ? path.basename(document) : file,
      );
      return !exists(target, anchor?.slice(1));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

it('lists every guide', () => {
  const list = read('sample/README.md');
  expect(GUIDES.filter((guide) => !list.includes(`(${guide}/README.md)`))).toEqual([]);
});

it('keeps the README within 300 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(300);
});

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function readFolder(folder: string): { name: string; content: string }[] {
  const isCode = (name: string) => name.endsWith('.ts');
  try {
    const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    return names.filter(isCode).map((name) => ({ name, content: read(path.join(folder, name)) }));
  } catch {
    return [];
  }
}

/** A block starts with the name of its file. A file of a sample does not. */
function withName(name: string, content: string): string {
  return content.startsWith('// ') && content.split('\n')[0]?.endsWith('.ts')
    ? content
    : `// ${path.basename(name)}\n${content}`;
}

function exists(file: string, anchor: string | undefined): boolean {
  try {
    if (anchor === undefined) return isFile(file);
    const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
    return [...headings].some(([, heading = '']) => toAnchor(heading) === anchor);
  } catch {
    return false;
  }
}

function isFile(file: string): boolean {
  return readFileSync(file).length > 0;
}

/** As GitHub writes it. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');
}
