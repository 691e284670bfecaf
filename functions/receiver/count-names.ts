import type { Json } from './json.ts'
import { isObject } from './json.ts'

/**
 * Counts the names in all objects of a body, also of those within others, without recursion: a body may be nested to
 * any depth.
 * @returns `different` stops one past the limit, and `all` with it.
 */
export function countNames(json: Json, limit: number): { all: number; different: number } {
  const different = new Set<string>()
  const open: Json[] = [json]
  let all = 0
  for (let value = open.pop(); value !== undefined && different.size <= limit; value = open.pop()) {
    if (Array.isArray(value)) for (const inner of value) keepNested(open, inner)
    if (!isObject(value)) continue
    for (const name in value) {
      all += 1
      different.add(name)
      keepNested(open, value[name])
    }
  }
  return { all, different: different.size }
}

function keepNested(open: Json[], value: Json | undefined): void {
  if (typeof value === 'object' && value !== null) open.push(value)
}
