import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What an application in a process of its own shall do. */
export interface Task {
  readonly redisUrl: string;
  readonly options: {
    readonly serverUrl: string;
    readonly appId: string;
    readonly serviceToken: string;
    readonly encryptionKey: string;
  };
  readonly ttlMs: number;
  /** Resolves one after the other for so long; 0: a thousand at once. */
  readonly durationMs: number;
  /** Closes while the thousand are on their way. */
  readonly isClosedMeanwhile: boolean;
}

export interface Outcome {
  readonly resolved: number;
  readonly failed: number;
  readonly closedInMs: number;
}

export interface RunningApplication {
  readonly ready: Promise<unknown>;
  /** Lets it begin, when it is ready. */
  begin(): void;
  readonly ended: Promise<Outcome & { readonly exitCode: number; readonly warnings: number }>;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export function runApplication(task: Task): RunningApplication {
  const arguments_ = ['--import', here('./typescript.mjs'), here('./application.ts')];
  const child = spawn(process.execPath, [...arguments_, JSON.stringify(task)], {
    stdio: 'pipe',
    timeout: 20_000,
  });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return {
    ready: once(child.stdout, 'data'),
    begin: () => child.stdin.write('begin\n'),
    ended: output.then(([stdout, stderr, [exitCode]]) => {
      const outcome = /^\{.*\}$/m.exec(stdout)?.[0];
      if (outcome === undefined) throw new Error(`the application failed: ${stdout}${stderr}`);
      const warnings = `${stdout}${stderr}`.split('ConnectorsStore').length - 1;
      return { ...(JSON.parse(outcome) as Outcome), exitCode: exitCode as number, warnings };
    }),
  };
}
