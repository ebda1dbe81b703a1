/**
 * Base44 documents no way back from its consent page, so that page gets a tab of its own, and
 * this one asks whether the calendar is connected: when it is looked at again, and meanwhile.
 */
export const script = `
const main = document.querySelector('[data-connector]');
const status = document.querySelector('[role=status]');
const POLL_MS = 1500;
const PATIENCE_MS = 5 * 60_000;

const connection = (method) =>
  fetch('/connectors/' + main.dataset.connector, { method, cache: 'no-store' });

async function isOutdated() {
  const response = await connection('GET');
  if (response.status === 401) return true;
  if (!response.ok) throw new Error('status ' + response.status);
  return String((await response.json()).connected) !== main.dataset.connected;
}

async function refresh() {
  if (await isOutdated().catch(() => false)) location.reload();
}

function waitForApproval() {
  status.textContent = 'Waiting for your approval in the other tab…';
  const polling = setInterval(refresh, POLL_MS);
  setTimeout(() => {
    clearInterval(polling);
    status.textContent = '';
  }, PATIENCE_MS);
}

async function disconnect({ target }) {
  target.disabled = true;
  const isDone = await connection('DELETE').then(({ ok }) => ok, () => false);
  if (isDone) return location.reload();
  target.disabled = false;
  status.textContent = 'That did not work. Please try again.';
}

if (main) {
  addEventListener('focus', refresh);
  document.querySelector('#connect')?.addEventListener('click', waitForApproval, { once: true });
  document.querySelector('#disconnect')?.addEventListener('click', disconnect);
}
`;
