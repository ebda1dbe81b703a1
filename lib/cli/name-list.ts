export const NAME_FORMS =
  'A name has one of these forms: slack, workspaceConnector:<id>, appUserConnector:<id>.';

/** Returns the names of a comma-separated list. */
export function parseNameList(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
