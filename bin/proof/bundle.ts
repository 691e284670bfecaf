import { join } from 'node:path'
import { buildSync } from 'esbuild'

/**
 * Bundles a file to run in a separate process. The bundle is minified and takes the same module variant of
 * each package as the deployed functions.
 * @returns the path of the bundle.
 */
export function bundle(file: string, folder: string): string {
  const outfile = join(folder, 'bundle.mjs')
  buildSync({
    entryPoints: [file],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
  })
  return outfile
}
