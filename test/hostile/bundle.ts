import { join } from 'node:path'
import { buildSync } from 'esbuild'

/**
 * Bundles a file for a process of its own: minified and with the same modules of each package as the deployed functions.
 * @returns the bundle's path.
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
