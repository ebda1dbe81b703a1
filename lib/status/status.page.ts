import { createHash } from 'node:crypto';
import type { ReportedConnector, StatusReport } from '../interfaces/status-report.interface.js';
import { Html, html } from './html.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 75rem; padding: 1.5rem 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; }
td small { display: block; opacity: .75; }
.good { color: light-dark(#0a6b2d, #5fd38d); }
.bad { color: light-dark(#b3261e, #ff9b93); font-weight: 600; }
`;

/** Apart from the page, because its policy has the hash of exactly this text. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/**
 * The Content-Security-Policy of the page: its own style, and nothing else.
 *
 * @internal
 */
export const STATUS_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STATES: Readonly<Record<ReportedConnector['state'], readonly [text: string, style: string]>> =
  {
    connected: ['connected', 'good'],
    not_connected: ['not connected', 'bad'],
    reauthorization_required: ['must be connected again', 'bad'],
    unknown: ['unknown', ''],
  };

/**
 * Renders a report as a page without scripts, links and assets.
 *
 * @internal
 */
export function renderStatusPage(report: StatusReport): string {
  const { instance, at, countedSince, connectors } = report;
  const title = instance === undefined ? 'Connectors' : `Connectors: ${instance}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <h1>${title}</h1>
        <p>${renderBreaker(report)}</p>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>Connector</th>
                <th>State</th>
                <th>Since</th>
                <th>Required by</th>
                <th>Hit rate</th>
                <th>Last error</th>
              </tr>
            </thead>
            <tbody>
              ${connectors.map(renderConnector)}
            </tbody>
          </table>
        </div>
        <p><small>This process at ${toTime(at)}. Counts since ${toTime(countedSince)}.</small></p>
      </body>
    </html> `;
  return page.text;
}

function renderBreaker({ breaker: { state, since, openings } }: StatusReport): Html {
  const opened = openings === 0 ? '' : ` It opened ${toTimes(openings)} in the last hour.`;
  if (state === 'disabled') return html`The breaker is disabled.`;
  if (state === 'closed') {
    return html`<span class="good">The breaker is closed</span>, so requests go to Base44.${opened}`;
  }
  return html`<span class="bad">Base44 is unavailable</span> since ${toTime(since)}: the breaker is
    open. Cached connections are served while they are usable.${opened}`;
}

function renderConnector(connector: ReportedConnector): Html {
  const { state, since, isCached, isOptional, requiredBy, lookups, lastError, lastErrorCode } =
    connector;
  const [name, kind] = toLabel(connector);
  const [text, style] = STATES[state];
  return html` <tr>
    <td>
      ${name}<small>${kind}${isOptional && requiredBy.length > 0 ? ' · optional' : ''}</small>
    </td>
    <td>
      <span class="${style}">${text}</span><small>${isCached ? 'cached' : 'not cached'}</small>
    </td>
    <td>${toTime(since)}</td>
    <td>${requiredBy.map((one) => html`<div>${one}</div>`)}</td>
    <td>
      ${toPercent(connector)}<small
        >lookups: ${countLookups(lookups)}, failed: ${lookups.failed}</small
      >
    </td>
    <td>
      ${lastError?.code ?? lastErrorCode ?? '–'}<small
        >${lastError === undefined ? '' : toTime(lastError.at)}</small
      >
    </td>
  </tr>`;
}

function toLabel({ connector }: ReportedConnector): readonly [name: string, kind: string] {
  if (typeof connector === 'string') return [connector, 'integration type'];
  return 'workspaceConnector' in connector
    ? [connector.workspaceConnector, 'workspace connector']
    : [connector.appUserConnector, 'connections of users'];
}

function countLookups({
  hit,
  shared,
  coalesced,
  miss,
  stale,
}: ReportedConnector['lookups']): number {
  return hit + shared + coalesced + miss + stale;
}

function toPercent({ hitRate }: ReportedConnector): string {
  return hitRate === null ? '–' : `${Math.floor(hitRate * 100)} %`;
}

function toTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Returns a time in UTC, because servers and operators are in several time zones. */
function toTime(date: Date | undefined): string {
  return date === undefined ? '–' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
