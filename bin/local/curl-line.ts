import { TOKEN_HEADER } from '../../functions/shared/authentication.ts'

/**
 * A command for a second terminal. It works unchanged in any POSIX shell, and `-w` ends the answer with a
 * newline.
 */
export function curlLine(url: string, token: string): string {
  const row = '{"external_id":"me","audience_id":"1042","split_id":"2","op":"enter","loyalty_tier":"gold"}'
  return [
    `curl -w '\\n' ${url}/v1/activations`,
    `-H ${quoted(`${TOKEN_HEADER}: ${token}`)}`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(row)}`,
  ].join(' ')
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
