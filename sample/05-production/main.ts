import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { startLocalWorld } from './local-world.js';
import { runProcesses } from './processes.js';

if (cluster.isPrimary) {
  if (existsSync('.env')) process.loadEnvFile();
  const isLocal = process.env.BASE44_APP_ID === undefined;
  if (isLocal) Object.assign(process.env, await startLocalWorld());
  process.env.SAMPLE_MODE = isLocal ? 'local mode' : 'Base44 mode';
  await runProcesses(2);
  // The emulator still listens.
  process.exit();
} else {
  // Imported when the environment is complete, because the module reads it.
  const { startApplication } = await import('./start-application.js');
  await startApplication(process.env.SAMPLE_MODE ?? '');
}
