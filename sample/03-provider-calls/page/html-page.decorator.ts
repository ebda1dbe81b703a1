import { applyDecorators, Header } from '@nestjs/common';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'";

/** A handler whose answer is a page: kept by no cache, framed by nobody, without scripts. */
export const HtmlPage = (): MethodDecorator =>
  applyDecorators(
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', POLICY),
    Header('Cache-Control', 'no-store'),
  );
