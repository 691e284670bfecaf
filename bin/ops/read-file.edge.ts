import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

const CHUNK_BYTES = 1024 * 1024

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/**
 * @returns a function that reads the file from its beginning at each call and expands gzip; undefined if the
 * file cannot be read.
 */
export async function fileReader(path: string): Promise<(() => AsyncIterable<Buffer>) | undefined> {
  const isGzip = await beginsWith(path, GZIP_MAGIC)
  if (isGzip === undefined) return undefined
  return () => {
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES })
    if (!isGzip) return stream
    const expanded = createGunzip()
    stream.on('error', (error) => expanded.destroy(error))
    return stream.pipe(expanded)
  }
}

async function beginsWith(path: string, magic: Buffer): Promise<boolean | undefined> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
      return buffer.subarray(0, bytesRead).equals(magic)
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}
