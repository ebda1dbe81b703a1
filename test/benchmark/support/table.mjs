/** Prints the title of a table, its rows with aligned columns, and its goals. */
export function printTable({ title, notes = [], columns, rows, goals = [] }) {
  const lines = [columns, ...rows].map((cells) => cells.map(String));
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column].length)),
  );
  const aligned = (cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  ');
  const [head, ...body] = lines.map(aligned);
  console.log(`\n${title}\n`);
  for (const line of [head, '-'.repeat(head.length), ...body]) console.log(`  ${line}`);
  console.log();
  for (const goal of goals) console.log(`  ${verdict(goal)}`);
  for (const note of notes) console.log(`  ${note}`);
}

function verdict({ what, figure, atMost, atLeast }) {
  const isReached = atMost === undefined ? figure >= atLeast : figure <= atMost;
  const bound = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  return `${isReached ? 'reached' : 'MISSED '}  ${what}: ${figure} (${bound})`;
}

/** Three significant digits. */
export function digits(value) {
  return Number(value.toPrecision(value >= 100 ? Math.ceil(Math.log10(value + 1)) : 3));
}

export function fixed(value, decimals = 2) {
  return Number(value.toFixed(decimals));
}
