import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readStage, stageNames } from '../../bin/read-stage.ts'

function cdkJson(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-json-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'cdk.json')
  writeFileSync(file, content)
  return file
}

test.each([
  ['{\n  "app": "x",,\n}', 'Correct cdk.json, which is not valid JSON (line 2).'],
  [
    '{\n  "a": [1,,2]\n}',
    'Correct cdk.json, which is not valid JSON (Unexpected token \',\', "{ "a": [1,,2] }").',
  ],
  ['', 'Correct cdk.json, which is not valid JSON (Unexpected end of JSON input).'],
  ['{"context":{}}', 'context.bridge: settings by stage are missing in cdk.json'],
  ['[]', 'context.bridge: settings by stage are missing in cdk.json'],
])('a broken cdk.json is a problem that names it: %j', (content, problem) => {
  const file = cdkJson(content)
  expect(readStage('dev', file)).toMatchObject({ problems: [problem] })
  expect(stageNames(file)).toEqual([])
})

test('a missing cdk.json is a problem that names it', () => {
  expect(readStage('dev', '/nowhere/cdk.json')).toMatchObject({
    problems: ["cdk.json cannot be read: ENOENT: no such file or directory, open '/nowhere/cdk.json'."],
  })
})

test('the stages of the cdk.json of this repository', () => {
  expect(stageNames()).toEqual(['dev', 'prod'])
  expect(readStage('dev')).toHaveProperty('settings')
})
