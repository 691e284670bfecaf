import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/*
 * The rules by which the servers of the local run refuse a request before they read its body. All of them listen
 * on loopback only. That keeps other machines out, but neither the web pages in a browser of this machine nor its
 * other users.
 */

type GuardedRequest = Pick<IncomingMessage, 'method' | 'headers'>

/**
 * Prevents DNS rebinding: an attacker's host name that resolves to loopback would make their page
 * same-origin.
 */
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/

/** A tunnel that gives its requests a loopback `Host` adds one of these, and then other machines are behind it. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']

/**
 * Whether a request comes from a program of this machine or from a page of the same server. Every server but the
 * webhook requires this.
 */
export function isSameOrigin(request: GuardedRequest): boolean {
  const { host = '', origin } = request.headers
  return (
    LOOPBACK.test(host) &&
    !FORWARDED.some((name) => request.headers[name] !== undefined) &&
    (origin === undefined || origin === `http://${host}`) &&
    !isSentByOtherSite(request)
  )
}

/**
 * Whether a web page makes a browser send this request to the webhook, for example with a form. Its senders are
 * programs, which send none of these headers. `Host` is not compared, because a tunnel, through which ActionIQ
 * reaches this machine, replaces it with the tunnel's own name. A rebound name is still recognised: a browser
 * sends `Origin` with every request that could write, even to the page's own origin.
 */
export const isFromWebPage = (request: GuardedRequest): boolean =>
  request.headers.origin !== undefined || isSentByOtherSite(request)

/**
 * Browsers tell loopback servers which site a request comes from (W3C, "Fetch Metadata Request Headers"). Another
 * port of this machine is the same site, but another server. Following a link sends a GET, which changes nothing
 * here, and the page with the link cannot read the answer.
 */
function isSentByOtherSite({ method, headers }: GuardedRequest): boolean {
  const site = headers['sec-fetch-site']
  const isFollowedLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate'
  return (site === 'cross-site' || site === 'same-site') && !isFollowedLink
}

/** The length of a SHA-256. It makes guessing a token infeasible. */
const TOKEN_BYTES = 32

export const randomToken = () => randomBytes(TOKEN_BYTES).toString('base64url')

const digest = (value: string) => createHash('sha256').update(value).digest()

/** Compares what a request carries with a secret. The time it takes reveals nothing about the secret. */
export const isSecret = (given: unknown, secret: string) =>
  timingSafeEqual(digest(String(given)), digest(secret))
