import type { ServerResponse } from 'node:http';

/** Does something later, unless the response is over by then. */
export function after(response: ServerResponse, delayMs: number, act: () => void): void {
  const timer = setTimeout(act, delayMs);
  onceOver(response, () => {
    clearTimeout(timer);
  });
}

/** Does something again and again until the response is over. */
export function every(response: ServerResponse, everyMs: number, act: () => void): void {
  const timer = setInterval(act, everyMs);
  onceOver(response, () => {
    clearInterval(timer);
  });
}

/** A pipelined response that never got its turn does not `close`: its connection does. */
function onceOver(response: ServerResponse, stop: () => void): void {
  const { socket } = response.req;
  const over = () => {
    socket.off('close', over);
    response.off('close', over);
    stop();
  };
  socket.once('close', over);
  response.once('close', over);
}
