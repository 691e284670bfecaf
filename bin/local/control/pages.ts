import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'

const FOLDER = new URL('../window/', import.meta.url)

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page loads nothing from other origins, cannot run script from data (XSS), and cannot be framed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export type Page = { headers: Record<string, string>; body: Buffer }

/** Reads the files of the window, by path. They contain no data, so they are served without a token. */
export function readPages(): ReadonlyMap<string, Page> {
  const pages = readdirSync(FOLDER).flatMap((name): [string, Page][] => {
    const type = CONTENT_TYPES[extname(name)]
    if (type === undefined) return []
    const page = {
      headers: { ...HEADERS, 'content-type': type },
      body: readFileSync(new URL(name, FOLDER)),
    }
    return [[name === 'index.html' ? '/' : `/${name}`, page]]
  })
  return new Map(pages)
}
