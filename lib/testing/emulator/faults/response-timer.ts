import type { ServerResponse } from 'node:http';

/** Runs a task after a delay, unless the response has closed by then. */
export function after(response: ServerResponse, delayMs: number, task: () => void): void {
  const timer = setTimeout(task, delayMs);
  onClose(response, () => {
    clearTimeout(timer);
  });
}

/** Repeats a task until the response closes. */
export function every(response: ServerResponse, intervalMs: number, task: () => void): void {
  const timer = setInterval(task, intervalMs);
  onClose(response, () => {
    clearInterval(timer);
  });
}

/** Listens to the socket too, because a queued pipelined response never emits `close`. */
function onClose(response: ServerResponse, listener: () => void): void {
  const { socket } = response.req;
  const closed = () => {
    socket.off('close', closed);
    response.off('close', closed);
    listener();
  };
  socket.once('close', closed);
  response.once('close', closed);
}
