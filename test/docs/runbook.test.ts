import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { plain } from '../../bin/cli/paint.ts'
import { main } from '../../bin/ops/main.ts'
import { NO_PROGRESS } from '../no-progress.ts'

const DOCUMENTS = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith('.md'),
)
/** The pages whose command lines are checked. */
const commandPages = ['docs/runbook.md', 'docs/faq.md'].map((file) => readFileSync(file, 'utf8')).join('\n')

/** Makes an anchor from a heading as GitHub does. */
const anchorOf = (heading: string) =>
  `#${heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
    .replaceAll(' ', '-')}`
const anchorsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

test.each(DOCUMENTS)('%s sends nobody to a section that there is not', (file) => {
  const folder = file.startsWith('docs/') ? 'docs/' : ''
  const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([\w./-]*\.md)?(#[\w-]+)\)/g)]
  for (const [link, path, anchor] of links)
    expect(anchorsOf(path === undefined ? file : `${folder}${path}`), link).toContain(anchor)
})

const typed = [...new Set(commandPages.match(/npm run ops -- [a-z][^`\n#]*/g))].map((line) => line.trim())

test.each(typed)('%s can be typed', async (line) => {
  const words = line.replace('npm run ops -- ', '').split(/[\s;:]+/)
  // The words before the first option are a command, a command of its own such as rotate inbound, or arguments.
  const firstOption = words.findIndex((word) => word.startsWith('--'))
  const command = firstOption < 0 ? words : words.slice(0, firstOption)
  const lines: string[] = []
  const exitCode = await main({
    argv: [...command, '--help'],
    env: {},
    paint: plain,
    columns: 80,
    out: (text) => lines.push(text),
    error: (text) => lines.push(text),
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  expect(exitCode).toBe(0)
  for (const option of words.filter((word) => word.startsWith('--')))
    expect(lines.join('\n')).toContain(option)
})
