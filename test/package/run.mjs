// Checks the package as users get it: packed, installed and used in projects.
import { checkBase44Types } from './base44-types.mjs';
import { checkCommandLine } from './command-line.mjs';
import { checkConsumers } from './consumers.mjs';
import { measureFigures, reportFigures } from './figures.mjs';
import { checkFreshProjects } from './fresh.mjs';
import { checkBothFormats, checkLoads, optionalPackages } from './loads.mjs';
import { checkPacked } from './packed.mjs';
import { install } from './scratch.mjs';
import { checkSamples } from './samples.mjs';
import { checkTarball } from './tarball.mjs';
import { checkWays } from './ways.mjs';

await checkPacked(async (checks, scratch, tarball) => {
  await checkTarball(checks, tarball);
  await checkFreshProjects(checks, scratch, tarball);
  await checkWays(checks, scratch, tarball);
  await checkSamples(checks, scratch, tarball);
  await checkConsumers(checks, scratch, tarball);
  await checkBase44Types(checks, scratch, tarball);
  await checkCosts(checks, scratch, tarball);
});

async function checkCosts(checks, scratch, tarball) {
  const bare = await scratch.project('nest-12-bare');
  const full = await checks.check('npm installs it beside all optional packages', async () => {
    await install(bare);
    const copy = await scratch.copy(bare, 'nest-12-full');
    await install(copy, tarball.path, ...optionalPackages(tarball.manifest));
    return copy;
  });
  if (!full) return;
  await checkLoads(checks, full, tarball);
  await checkBothFormats(checks, full);
  await checkCommandLine(checks, full);
  const figures = await checks.check('the figures are taken', () =>
    measureFigures({ bare, full, tarball, scratch }),
  );
  if (figures) await reportFigures(figures);
}
