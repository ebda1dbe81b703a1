/**
 * The error codes with which a JSON body states one reason of a rejection.
 *
 * @publicApi
 */
export interface ErrorCodes {
  /** The path of the error code in the body, such as `'error.code'`. `*` stands for every item of an array. */
  readonly path: string;
  /** The values that state the reason. */
  readonly codes?: readonly (string | number)[];
  /** The starts of messages that state the reason, if the provider has no code for it. */
  readonly prefixes?: readonly string[];
  /** The field of the body that is `true` if the provider accepted the request. */
  readonly successField?: string;
}

/**
 * How a provider rejects a token with another status than 401. Then another token is requested.
 *
 * @publicApi
 */
export type TokenRejection = ErrorCodes;

/**
 * How a provider says that a token lacks a scope. The challenge `insufficient_scope` of RFC 6750 is
 * understood from every provider, so it is not described here.
 *
 * @publicApi
 */
export interface ScopeRejection {
  /** The status of such a response. */
  readonly status: number;
  /** The codes in its body. Absent if the two headers decide. */
  readonly errors?: readonly ErrorCodes[];
  /** The paths of the scopes in its body that the call needs: an array, or a string of them. */
  readonly neededPaths?: readonly string[];
  /** The paths of the scopes in its body that the token has. */
  readonly grantedPaths?: readonly string[];
  /** The header with the scopes that the call accepts. */
  readonly acceptedHeader?: string;
  /** The header with the scopes that the token has. */
  readonly grantedHeader?: string;
  /** The scopes that another scope includes. */
  readonly includes?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The value of `connectionConfig` that names the host of an account: a URL without a path, a host, or
 * the first labels of a host.
 *
 * @publicApi
 */
export interface AccountHost {
  readonly key: string;
  /** The domains of the provider. A host outside of them receives no token. */
  readonly domains: readonly string[];
}

/**
 * A description of a connector's provider.
 *
 * @publicApi
 */
export interface ConnectorDescription {
  /** The name, as the provider writes it. */
  readonly name: string;
  /**
   * The base of relative URLs. Absent if the host depends on the account and Base44 documents
   * no `connectionConfig` key for it.
   */
  readonly baseURL?: string;
  /** The origins of the API. The token is sent to no other origin, unless `forFeature` declares it. */
  readonly origins: readonly string[];
  /** The value that names the host of an account. Absent if it is a single label of a host. */
  readonly accountHost?: AccountHost;
  /**
   * The start of paths that the API returns as links, such as the next page. Such a path is resolved
   * against the origin of the base URL.
   */
  readonly linkPath?: string;
  /** Whether Base44 issues no access token and calls the API itself, through `ConnectorsService.callApi()`. */
  readonly isMetered: boolean;
  /** How the provider rejects a token with another status than 401. Absent if no page documents one. */
  readonly tokenRejection?: TokenRejection;
  /** How the provider says that the token lacks a scope. Absent if it does not, or in the way of RFC 6750. */
  readonly scopeRejection?: ScopeRejection;
  /** The URL of the page that documents how the provider rejects tokens. Absent if none was found. */
  readonly rejectionUrl?: string;
  /** The URL of the API reference. */
  readonly documentationUrl: string;
}

/** https://docs.slack.dev/reference/methods/auth.test lists the errors. Their status is 200. */
const SLACK_REJECTIONS = {
  tokenRejection: {
    path: 'error',
    codes: ['account_inactive', 'invalid_auth', 'not_authed', 'token_expired', 'token_revoked'],
    successField: 'ok',
  },
  scopeRejection: {
    status: 200,
    errors: [{ path: 'error', codes: ['missing_scope'], successField: 'ok' }],
    neededPaths: ['needed'],
    grantedPaths: ['provided'],
    acceptedHeader: 'X-Accepted-OAuth-Scopes',
    grantedHeader: 'X-OAuth-Scopes',
  },
  rejectionUrl: 'https://docs.slack.dev/reference/methods/auth.test',
} as const;

/**
 * https://developers.google.com/google-ads/api/docs/get-started/common-errors describes the reason, which
 * all APIs of Google share. Older ones have the message only. Many also name the scopes in a challenge.
 */
const GOOGLE_SCOPE_REJECTION = {
  status: 403,
  errors: [
    { path: 'error.details.*.reason', codes: ['ACCESS_TOKEN_SCOPE_INSUFFICIENT'] },
    {
      path: 'error.message',
      codes: ['Insufficient Permission'],
      prefixes: [
        'Request had insufficient authentication scopes',
        'Insufficient Permission: Request had insufficient authentication scopes',
      ],
    },
  ],
} as const;

/**
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps describes the headers
 * and which scope includes which. A 404 may be a missing resource, so only a 403 counts.
 */
const GITHUB_SCOPE_REJECTION = {
  status: 403,
  acceptedHeader: 'X-Accepted-OAuth-Scopes',
  grantedHeader: 'X-OAuth-Scopes',
  includes: {
    repo: [
      ...['repo:status', 'repo_deployment', 'public_repo', 'repo:invite', 'security_events'],
      'admin:repo_hook',
    ],
    public_repo: ['admin:repo_hook'],
    'admin:repo_hook': ['write:repo_hook'],
    'write:repo_hook': ['read:repo_hook'],
    'admin:org': ['write:org'],
    'write:org': ['read:org'],
    'admin:public_key': ['write:public_key'],
    'write:public_key': ['read:public_key'],
    'admin:gpg_key': ['write:gpg_key'],
    'write:gpg_key': ['read:gpg_key'],
    user: ['read:user', 'user:email', 'user:follow'],
    project: ['read:project'],
    'write:packages': ['read:packages'],
    'write:discussion': ['read:discussion'],
  },
} as const;

/**
 * The connectors that Base44 supports, by integration type.
 *
 * `{subdomain}` in a URL, or another placeholder, is replaced with that value of the connection's
 * `connectionConfig`.
 *
 * @example
 * CONNECTORS.googlecalendar.baseURL // 'https://www.googleapis.com/calendar/v3'
 *
 * @publicApi
 */
export const CONNECTORS = {
  // The link above each entry leads to the page that documents its origins.

  // https://airtable.com/developers/web/api/upload-attachment
  airtable: {
    name: 'Airtable',
    baseURL: 'https://api.airtable.com/v0',
    origins: ['https://api.airtable.com', 'https://content.airtable.com'],
    isMetered: false,
    rejectionUrl: 'https://support.airtable.com/docs/airtable-api-common-troubleshooting',
    documentationUrl: 'https://airtable.com/developers/web/api/introduction',
  },
  // https://documentation.bamboohr.com/docs/getting-started
  bamboohr: {
    name: 'BambooHR',
    baseURL: 'https://{subdomain}.bamboohr.com/api/v1',
    origins: ['https://{subdomain}.bamboohr.com'],
    isMetered: false,
    rejectionUrl: 'https://documentation.bamboohr.com/docs/api-details',
    documentationUrl: 'https://documentation.bamboohr.com/reference',
  },
  // https://developer.box.com/reference/post-files-content
  box: {
    name: 'Box',
    baseURL: 'https://api.box.com/2.0',
    origins: ['https://api.box.com', 'https://upload.box.com'],
    isMetered: false,
    scopeRejection: { status: 403, errors: [{ path: 'code', codes: ['insufficient_scope'] }] },
    rejectionUrl: 'https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors',
    documentationUrl: 'https://developer.box.com/reference/',
  },
  // https://developer.calendly.com/api-docs
  calendly: {
    name: 'Calendly',
    baseURL: 'https://api.calendly.com',
    origins: ['https://api.calendly.com'],
    isMetered: false,
    documentationUrl: 'https://developer.calendly.com/api-docs',
  },
  // https://developer.clickup.com/docs/open-api-spec
  clickup: {
    name: 'ClickUp',
    baseURL: 'https://api.clickup.com',
    origins: ['https://api.clickup.com'],
    isMetered: false,
    documentationUrl: 'https://developer.clickup.com/reference',
  },
  // https://www.contentful.com/developers/docs/references/content-management-api/uploads
  contentful: {
    name: 'Contentful',
    baseURL: 'https://api.contentful.com',
    origins: [
      'https://api.contentful.com',
      'https://upload.contentful.com',
      'https://api.eu.contentful.com',
      'https://upload.eu.contentful.com',
    ],
    isMetered: false,
    // The page says 401. https://github.com/lotas/contentful-graph/issues/43 shows a 403.
    tokenRejection: { path: 'sys.id', codes: ['AccessTokenInvalid'] },
    rejectionUrl: 'https://www.contentful.com/developers/docs/references/errors',
    documentationUrl:
      'https://www.contentful.com/developers/docs/references/content-management-api/overview',
  },
  // https://docs.databricks.com/api/workspace/introduction
  // Each workspace has its own host, so applications declare it with `forFeature`.
  databricks: {
    name: 'Databricks',
    origins: [],
    isMetered: false,
    // The status of these messages is 403, and the body has no other code.
    tokenRejection: { path: 'message', prefixes: ['Invalid access token', 'Token is expiring'] },
    rejectionUrl: 'https://github.com/databricks/databricks-sdk-go/issues/1046',
    documentationUrl: 'https://docs.databricks.com/api/workspace/introduction',
  },
  // https://discord.com/developers/docs/reference
  discord: {
    name: 'Discord',
    baseURL: 'https://discord.com/api/v10',
    origins: ['https://discord.com'],
    isMetered: false,
    documentationUrl: 'https://discord.com/developers/docs/reference',
  },
  // https://www.dropbox.com/developers/documentation/http/documentation
  dropbox: {
    name: 'Dropbox',
    baseURL: 'https://api.dropboxapi.com/2',
    origins: ['https://api.dropboxapi.com', 'https://content.dropboxapi.com'],
    isMetered: false,
    scopeRejection: {
      status: 401,
      errors: [{ path: 'error_summary', prefixes: ['missing_scope/'] }],
      neededPaths: ['error.required_scope'],
    },
    rejectionUrl: 'https://docs.rs/crate/dropbox-sdk/0.20.3/source/dropbox-api-spec/auth.stone',
    documentationUrl: 'https://www.dropbox.com/developers/documentation/http/documentation',
  },
  // https://docs.github.com/en/rest/releases/assets
  github: {
    name: 'GitHub',
    baseURL: 'https://api.github.com',
    origins: ['https://api.github.com', 'https://uploads.github.com'],
    isMetered: false,
    scopeRejection: GITHUB_SCOPE_REJECTION,
    rejectionUrl: 'https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api',
    documentationUrl: 'https://docs.github.com/en/rest',
  },
  // https://docs.gitlab.com/api/rest/
  gitlab: {
    name: 'GitLab',
    baseURL: 'https://gitlab.com/api/v4',
    origins: ['https://gitlab.com'],
    isMetered: false,
    scopeRejection: {
      status: 403,
      errors: [{ path: 'error', codes: ['insufficient_scope'] }],
      neededPaths: ['scope'],
    },
    rejectionUrl: 'https://docs.gitlab.com/api/rest/troubleshooting/',
    documentationUrl: 'https://docs.gitlab.com/api/rest/',
  },
  // https://developers.google.com/workspace/gmail/api/reference/rest
  // https://www.googleapis.com/gmail/v1 is the same API at its older address.
  gmail: {
    name: 'Gmail',
    baseURL: 'https://gmail.googleapis.com/gmail/v1',
    origins: ['https://gmail.googleapis.com', 'https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    rejectionUrl: 'https://developers.google.com/workspace/gmail/api/guides/handle-errors',
    documentationUrl: 'https://developers.google.com/workspace/gmail/api/reference/rest',
  },
  // https://developers.google.com/analytics/devguides/config/admin/v1/rest
  google_analytics: {
    name: 'Google Analytics',
    baseURL: 'https://analyticsdata.googleapis.com',
    origins: ['https://analyticsdata.googleapis.com', 'https://analyticsadmin.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/analytics/devguides/reporting/data/v1/rest',
  },
  // https://developers.google.com/workspace/classroom/reference/rest
  google_classroom: {
    name: 'Google Classroom',
    baseURL: 'https://classroom.googleapis.com/v1',
    origins: ['https://classroom.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/classroom/reference/rest',
  },
  // https://developers.google.com/webmaster-tools/v1/api_reference_index
  google_search_console: {
    name: 'Google Search Console',
    baseURL: 'https://searchconsole.googleapis.com',
    origins: ['https://searchconsole.googleapis.com', 'https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/webmaster-tools/v1/api_reference_index',
  },
  // https://developers.google.com/google-ads/api/rest/overview
  googleads: {
    name: 'Google Ads',
    baseURL: 'https://googleads.googleapis.com',
    origins: ['https://googleads.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    rejectionUrl: 'https://developers.google.com/google-ads/api/docs/get-started/common-errors',
    documentationUrl: 'https://developers.google.com/google-ads/api/rest/overview',
  },
  // https://cloud.google.com/bigquery/docs/reference/rest
  googlebigquery: {
    name: 'BigQuery',
    baseURL: 'https://bigquery.googleapis.com/bigquery/v2',
    origins: ['https://bigquery.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://cloud.google.com/bigquery/docs/reference/rest',
  },
  // https://developers.google.com/workspace/calendar/api/v3/reference
  googlecalendar: {
    name: 'Google Calendar',
    baseURL: 'https://www.googleapis.com/calendar/v3',
    origins: ['https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    rejectionUrl: 'https://developers.google.com/workspace/calendar/api/guides/errors',
    documentationUrl: 'https://developers.google.com/workspace/calendar/api/v3/reference',
  },
  // https://developers.google.com/workspace/docs/api/reference/rest
  // https://developers.google.com/workspace/drive/api/reference/rest/v3 lists, copies and exports documents.
  googledocs: {
    name: 'Google Docs',
    baseURL: 'https://docs.googleapis.com/v1',
    origins: ['https://docs.googleapis.com', 'https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/docs/api/reference/rest',
  },
  // https://developers.google.com/workspace/drive/api/reference/rest/v3
  googledrive: {
    name: 'Google Drive',
    baseURL: 'https://www.googleapis.com/drive/v3',
    origins: ['https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    rejectionUrl: 'https://developers.google.com/workspace/drive/api/guides/handle-errors',
    documentationUrl: 'https://developers.google.com/workspace/drive/api/reference/rest/v3',
  },
  // https://docs.base44.com/Integrations/google-maps-connector
  // The first origin is the default host of Base44's proxy.
  googlemaps: {
    name: 'Google Maps Platform',
    baseURL: 'https://maps.googleapis.com',
    origins: [
      'https://maps.googleapis.com',
      'https://places.googleapis.com',
      'https://routes.googleapis.com',
      'https://weather.googleapis.com',
      'https://airquality.googleapis.com',
      'https://roads.googleapis.com',
      'https://addressvalidation.googleapis.com',
    ],
    isMetered: true,
    documentationUrl: 'https://developers.google.com/maps/documentation',
  },
  // https://developers.google.com/workspace/meet/api/reference/rest/v2
  googlemeet: {
    name: 'Google Meet',
    baseURL: 'https://meet.googleapis.com/v2',
    origins: ['https://meet.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/meet/api/reference/rest/v2',
  },
  // https://developers.google.com/workspace/sheets/api/reference/rest
  // https://developers.google.com/workspace/drive/api/reference/rest/v3 lists, copies and exports spreadsheets.
  googlesheets: {
    name: 'Google Sheets',
    baseURL: 'https://sheets.googleapis.com/v4',
    origins: ['https://sheets.googleapis.com', 'https://www.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/sheets/api/reference/rest',
  },
  // https://developers.google.com/workspace/slides/api/reference/rest
  googleslides: {
    name: 'Google Slides',
    baseURL: 'https://slides.googleapis.com/v1',
    origins: ['https://slides.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/slides/api/reference/rest',
  },
  // https://developers.google.com/workspace/tasks/reference/rest
  googletasks: {
    name: 'Google Tasks',
    baseURL: 'https://tasks.googleapis.com/tasks/v1',
    origins: ['https://tasks.googleapis.com'],
    isMetered: false,
    scopeRejection: GOOGLE_SCOPE_REJECTION,
    documentationUrl: 'https://developers.google.com/workspace/tasks/reference/rest',
  },
  // https://developers.hubspot.com/docs/methods/auth/oauth-overview
  hubspot: {
    name: 'HubSpot',
    baseURL: 'https://api.hubapi.com',
    origins: ['https://api.hubapi.com'],
    isMetered: false,
    scopeRejection: {
      status: 403,
      errors: [{ path: 'category', codes: ['MISSING_SCOPES'] }],
      neededPaths: [
        'errors.*.context.requiredGranularScopes',
        'errors.*.context.requiredScopes',
        'context.missingScopes',
      ],
    },
    rejectionUrl:
      'https://dev.to/fetchsandbox/testing-hubspot-missing-scope-403s-with-fetchsandbox-1nf',
    documentationUrl: 'https://developers.hubspot.com/docs/api-reference/overview',
  },
  // https://huggingface.co/docs/inference-providers, https://huggingface.co/docs/dataset-viewer/quick_start
  hugging_face: {
    name: 'Hugging Face',
    baseURL: 'https://huggingface.co',
    origins: [
      'https://huggingface.co',
      'https://router.huggingface.co',
      'https://datasets-server.huggingface.co',
    ],
    isMetered: false,
    documentationUrl: 'https://huggingface.co/docs/hub/api',
  },
  // https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/conversations-api
  instagram: {
    name: 'Instagram',
    baseURL: 'https://graph.instagram.com',
    origins: ['https://graph.instagram.com'],
    isMetered: false,
    // The status is 400.
    tokenRejection: { path: 'error.code', codes: [102, 190] },
    rejectionUrl: 'https://developers.facebook.com/docs/graph-api/guides/error-handling',
    documentationUrl: 'https://developers.facebook.com/docs/instagram-platform',
  },
  // https://linear.app/developers/file-storage-authentication
  linear: {
    name: 'Linear',
    baseURL: 'https://api.linear.app',
    origins: ['https://api.linear.app', 'https://uploads.linear.app'],
    isMetered: false,
    documentationUrl: 'https://linear.app/developers/graphql',
  },
  // https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/share-on-linkedin
  linkedin: {
    name: 'LinkedIn',
    baseURL: 'https://api.linkedin.com',
    origins: ['https://api.linkedin.com'],
    isMetered: false,
    rejectionUrl:
      'https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling',
    documentationUrl: 'https://learn.microsoft.com/en-us/linkedin/',
  },
  // https://learn.microsoft.com/en-us/graph/use-the-api
  microsoft_teams: {
    name: 'Microsoft Teams',
    baseURL: 'https://graph.microsoft.com/v1.0',
    origins: ['https://graph.microsoft.com'],
    isMetered: false,
    rejectionUrl: 'https://learn.microsoft.com/en-us/graph/resolve-auth-errors',
    documentationUrl: 'https://learn.microsoft.com/en-us/graph/api/resources/teams-api-overview',
  },
  // https://developers.notion.com/reference/intro
  notion: {
    name: 'Notion',
    baseURL: 'https://api.notion.com/v1',
    origins: ['https://api.notion.com'],
    isMetered: false,
    rejectionUrl: 'https://developers.notion.com/reference/status-codes',
    documentationUrl: 'https://developers.notion.com/reference/intro',
  },
  // https://learn.microsoft.com/en-us/graph/use-the-api
  one_drive: {
    name: 'OneDrive',
    baseURL: 'https://graph.microsoft.com/v1.0',
    origins: ['https://graph.microsoft.com'],
    isMetered: false,
    rejectionUrl: 'https://learn.microsoft.com/en-us/graph/resolve-auth-errors',
    documentationUrl: 'https://learn.microsoft.com/en-us/graph/api/resources/onedrive',
  },
  // https://learn.microsoft.com/en-us/graph/use-the-api
  outlook: {
    name: 'Outlook',
    baseURL: 'https://graph.microsoft.com/v1.0',
    origins: ['https://graph.microsoft.com'],
    isMetered: false,
    rejectionUrl: 'https://learn.microsoft.com/en-us/graph/resolve-auth-errors',
    documentationUrl: 'https://learn.microsoft.com/en-us/graph/api/resources/mail-api-overview',
  },
  // https://developer.intuit.com/app/developer/qbo/docs/get-started/create-a-request
  quickbooks: {
    name: 'QuickBooks',
    baseURL: 'https://quickbooks.api.intuit.com/v3',
    origins: ['https://quickbooks.api.intuit.com', 'https://sandbox-quickbooks.api.intuit.com'],
    isMetered: false,
    rejectionUrl:
      'https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes',
    documentationUrl:
      'https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/account',
  },
  // https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest.htm
  // https://help.salesforce.com/s/articleView?id=sf.domain_name_url_formats.htm
  salesforce: {
    name: 'Salesforce',
    baseURL: 'https://{instance_url}',
    origins: ['https://{instance_url}'],
    accountHost: { key: 'instance_url', domains: ['salesforce.com', 'salesforce.mil'] },
    linkPath: '/services/',
    isMetered: false,
    rejectionUrl: 'https://nango.dev/blog/fix-salesforce-invalid-session-id-error',
    documentationUrl:
      'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest.htm',
  },
  // https://learn.microsoft.com/en-us/graph/use-the-api
  share_point: {
    name: 'SharePoint',
    baseURL: 'https://graph.microsoft.com/v1.0',
    origins: ['https://graph.microsoft.com'],
    isMetered: false,
    rejectionUrl: 'https://learn.microsoft.com/en-us/graph/resolve-auth-errors',
    documentationUrl: 'https://learn.microsoft.com/en-us/graph/api/resources/sharepoint',
  },
  // https://docs.slack.dev/reference/objects/file-object
  slack: {
    name: 'Slack',
    baseURL: 'https://slack.com/api',
    origins: ['https://slack.com', 'https://files.slack.com'],
    isMetered: false,
    ...SLACK_REJECTIONS,
    documentationUrl: 'https://docs.slack.dev/reference/methods',
  },
  // https://docs.slack.dev/reference/objects/file-object
  slackbot: {
    name: 'Slack',
    baseURL: 'https://slack.com/api',
    origins: ['https://slack.com', 'https://files.slack.com'],
    isMetered: false,
    ...SLACK_REJECTIONS,
    documentationUrl: 'https://docs.slack.dev/reference/methods',
  },
  // https://docs.base44.com/api-reference/get-connector-connection-fields
  // https://docs.snowflake.com/en/user-guide/admin-account-identifier
  snowflake: {
    name: 'Snowflake',
    baseURL: 'https://{subdomain}.snowflakecomputing.com/api/v2',
    origins: ['https://{subdomain}.snowflakecomputing.com'],
    accountHost: { key: 'subdomain', domains: ['snowflakecomputing.com'] },
    linkPath: '/api/v2/',
    isMetered: false,
    documentationUrl: 'https://docs.snowflake.com/en/developer-guide/sql-api/reference',
  },
  // https://dev.splitwise.com/
  splitwise: {
    name: 'Splitwise',
    baseURL: 'https://secure.splitwise.com/api/v3.0',
    origins: ['https://secure.splitwise.com'],
    isMetered: false,
    documentationUrl: 'https://dev.splitwise.com/',
  },
  // https://developer.squareup.com/docs/devtools/sandbox/overview
  square: {
    name: 'Square',
    baseURL: 'https://connect.squareup.com/v2',
    origins: ['https://connect.squareup.com', 'https://connect.squareupsandbox.com'],
    isMetered: false,
    scopeRejection: {
      status: 403,
      errors: [{ path: 'errors.*.code', codes: ['INSUFFICIENT_SCOPES'] }],
    },
    rejectionUrl: 'https://developer.squareup.com/docs/oauth-api/token-introspection',
    documentationUrl: 'https://developer.squareup.com/reference/square',
  },
  // https://supabase.com/docs/guides/integrations/build-a-supabase-oauth-integration
  supabase: {
    name: 'Supabase',
    baseURL: 'https://api.supabase.com/v1',
    origins: ['https://api.supabase.com'],
    isMetered: false,
    documentationUrl: 'https://supabase.com/docs/reference/api/introduction',
  },
  // https://developers.tiktok.com/doc/tiktok-api-v2-introduction
  tiktok: {
    name: 'TikTok',
    baseURL: 'https://open.tiktokapis.com/v2',
    origins: ['https://open.tiktokapis.com'],
    isMetered: false,
    scopeRejection: {
      status: 401,
      errors: [{ path: 'error.code', codes: ['scope_not_authorized', 'scope_permission_missed'] }],
    },
    rejectionUrl: 'https://developers.tiktok.com/doc/tiktok-api-v2-error-handling',
    documentationUrl: 'https://developers.tiktok.com/doc/tiktok-api-v2-introduction',
  },
  // https://www.typeform.com/developers/get-started/mcp/
  typeform: {
    name: 'Typeform',
    baseURL: 'https://api.typeform.com',
    origins: ['https://api.typeform.com', 'https://api.eu.typeform.com', 'https://api.typeform.eu'],
    isMetered: false,
    documentationUrl: 'https://www.typeform.com/developers/',
  },
  // https://dev.wix.com/docs/rest
  wix: {
    name: 'Wix',
    baseURL: 'https://www.wixapis.com',
    origins: ['https://www.wixapis.com'],
    isMetered: false,
    rejectionUrl: 'https://dev.wix.com/docs/overview/auth-permissions/troubleshoot-auth-issues',
    documentationUrl: 'https://dev.wix.com/docs/rest',
  },
  // https://developers.wrike.com/faq
  // Each data center has its own host, so applications declare it with `forFeature`.
  wrike: {
    name: 'Wrike',
    origins: ['https://www.wrike.com', 'https://app-us2.wrike.com', 'https://app-eu.wrike.com'],
    isMetered: false,
    documentationUrl: 'https://developers.wrike.com/overview',
  },
  // https://docs.x.com/x-api/fundamentals/versioning
  x: {
    name: 'X',
    baseURL: 'https://api.x.com',
    origins: ['https://api.x.com'],
    isMetered: true,
    documentationUrl: 'https://docs.x.com/x-api/introduction',
  },
} as const satisfies Readonly<Record<string, ConnectorDescription>>;

// Frozen, because the origins decide where tokens are sent.
deepFreeze(CONNECTORS);

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
