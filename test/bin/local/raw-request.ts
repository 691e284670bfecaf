import { type RequestOptions, request } from 'node:http'
import { text } from 'node:stream/consumers'

type Raw = { method?: string; headers?: Record<string, string>; body?: string }

/** Sends exactly these headers. `fetch` allows neither another `Host` nor an unfinished body. */
export const rawRequest = (url: string, { body = '', ...options }: Raw) =>
  send(url, options, (sending) => sending.end(body))

/** Sends the beginning of a body, and resolves with the answer although the body never ends. */
export const unfinishedRequest = (url: string, options: Raw) =>
  send(url, options, (sending) => sending.write('{'))

function send(
  url: string,
  options: RequestOptions,
  writeBody: (sending: ReturnType<typeof request>) => void,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(url, options)
    sending.on('error', reject).on('response', async (response) => {
      const body = await text(response).catch(reject)
      resolve({ status: response.statusCode, body: body ?? '' })
      sending.destroy()
    })
    writeBody(sending)
  })
}
