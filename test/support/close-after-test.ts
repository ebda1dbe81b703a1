type Close = () => unknown;

const open: Close[] = [];

/** Closes what a test opened after it, the last one first, also when the test fails. */
export function closeAfterTest(close: Close): void {
  open.push(close);
}

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
