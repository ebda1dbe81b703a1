import { spawnSync } from 'node:child_process';

/** @returns where Deno itself is; what is on PATH may be a script that starts it */
export function findDeno(): string | undefined {
  const { status, stdout } = spawnSync('deno', ['eval', 'console.log(Deno.execPath())']);
  return status === 0 ? stdout.toString().trim() : undefined;
}
