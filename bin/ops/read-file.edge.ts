import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

/** Reads the file from its beginning at each call, and expands gzip. */
export type ReadFile = () => AsyncIterable<Buffer>

const CHUNK_BYTES = 1024 * 1024

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/** @returns a sentence that says why the file cannot be read; `isMissing`: there is none of this name. */
export async function fileReader(path: string): Promise<ReadFile | { problem: string; isMissing: boolean }> {
  const isGzip = await beginsWith(path, GZIP_MAGIC).catch((error: NodeJS.ErrnoException) => error)
  if (isGzip instanceof Error)
    return { problem: describeProblem(path, isGzip), isMissing: MISSING.includes(isGzip.code ?? '') }
  return () => {
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES })
    if (!isGzip) return stream
    const expanded = createGunzip()
    stream.on('error', (error) => expanded.destroy(error))
    return stream.pipe(expanded)
  }
}

async function beginsWith(path: string, magic: Buffer): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.subarray(0, bytesRead).equals(magic)
  } finally {
    await file.close()
  }
}

/** No file can have a longer name, or a name below that of another file. */
const MISSING = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']

/** @param error what Node throws when it opens or reads the file. */
export function describeProblem(path: string, error: { code?: string | undefined; message: string }): string {
  const { code = '', message } = error
  if (MISSING.includes(code)) return `There is no file ${path}.`
  if (code === 'EISDIR') return `${path} is a directory; name a file.`
  if (code === 'EACCES' || code === 'EPERM') return `You have no permission to read ${path}.`
  return `${path} cannot be read: ${message}.`
}
