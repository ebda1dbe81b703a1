import { applyDecorators, Header } from '@nestjs/common';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** A handler whose answer is a page: kept by no cache, framed by nobody, with no scripts but our own. */
export const HtmlPage = (): MethodDecorator =>
  applyDecorators(
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', POLICY),
    Header('Referrer-Policy', 'same-origin'),
    Header('Cache-Control', 'no-store'),
  );
