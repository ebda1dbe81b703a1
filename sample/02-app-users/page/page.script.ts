/**
 * Base44 documents no way back from its consent page, so that page opens in a tab of its own.
 * This page polls the connection until the user approves, and again when it gets the focus.
 */
export const script = `
const { connection } = document.body.dataset;
const find = (selector) => document.querySelector(selector);

async function request(path, method = 'GET') {
  const response = await fetch(path, { method });
  if (!response.ok) throw new Error(path + ' responded with status ' + response.status);
  return response;
}

async function show() {
  const { name } = await (await request('/session')).json();
  const { connected } = name ? await (await request(connection)).json() : {};
  const { events } = connected ? await (await request('/calendar')).json() : {};

  find('header').hidden = !name;
  find('#name').textContent = name;
  find('#events').replaceChildren(...(events ?? []).map(toItem));
  const current = connected ? 'connected' : name ? 'not-connected' : 'signed-out';
  for (const section of document.querySelectorAll('section')) {
    section.hidden = section.id !== current;
  }
  // Whether the user has still to approve.
  return current === 'not-connected';
}

// A text node needs no escaping.
function toItem({ summary }) {
  const item = document.createElement('li');
  item.textContent = summary;
  return item;
}

const say = (text) => (find('[role=status]').textContent = text);
const fail = () => say('That did not work. Please try again.');

async function waitForApproval() {
  say('Waiting for your approval in the other tab…');
  for (let attempt = 0; attempt < 200 && (await show()); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  say('');
}

async function disconnect() {
  await request(connection, 'DELETE');
  await show();
  say('');
}

find('#not-connected a').addEventListener('click', () => waitForApproval().catch(fail));
find('#disconnect').addEventListener('click', () => disconnect().catch(fail));
addEventListener('focus', () => show().catch(fail));
show().catch(fail);
`;
