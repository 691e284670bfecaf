/**
 * What the documentation says about settings, by their names with dots. `*` means a connection of any
 * name, or an entry of a list. Entries of several kinds have the name of their kind after it.
 */
export type Descriptions = ReadonlyMap<string, string>

/** Reads the tables of docs/settings.md and docs/connections.md, so that editors show the same texts. */
export const readDescriptions = (settings: string, connections: string): Descriptions =>
  new Map([
    ...rowsOf(settings, ['Setting', 'dev', 'prod', 'What it says']),
    ...rowsOf(connections, ['Setting', 'Default', '']).map(below('connections.*')),
    ...rowsOf(connections, ['`kind`', 'Settings', 'What the sender sends']).map(
      below('connections.*.authentication.*'),
    ),
  ])

type Row = readonly [name: string, text: string]

const below =
  (parent: string) =>
  ([name, text]: Row): Row => [`${parent}.${name}`, text]

/** @returns the first and the last cell of each row, over all tables with these headers. */
function rowsOf(markdown: string, headers: readonly string[]): Row[] {
  const tables = [...markdown.matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([table]) => table.trim().split('\n'))
  return tables
    .map((lines) => lines.map(cellsOf))
    .filter(([first = []]) => first.join('|') === headers.join('|'))
    .flatMap(([_headers, _ruler, ...rows]) => rows)
    .map((cells) => [plain(cells.at(0)).replaceAll('`', ''), plain(cells.at(-1))])
}

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Editors show plain text, in which the target of a link and marks of emphasis are noise. */
const plain = (markdown = '') => markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('**', '')
