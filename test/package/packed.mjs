import { Checks } from './checks.mjs';
import { Scratch } from './scratch.mjs';
import { packTarball } from './tarball.mjs';

/** Packs the package, and runs checks of the tarball. The process exits with 1 when one has failed. */
export async function checkPacked(run) {
  const checks = new Checks();
  const scratch = Scratch.create();
  try {
    const tarball = await checks.check('npm pack', () => packTarball(scratch.path));
    if (tarball) await run(checks, scratch, tarball);
  } finally {
    scratch.remove();
  }
  console.log(`\n${checks}`);
  process.exitCode = checks.haveFailed ? 1 : 0;
}
