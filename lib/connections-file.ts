import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Connections } from '../functions/shared/connection.ts'

const FILE = 'connections.json'

/** Where Lambda puts a layer's files (AWS Lambda developer guide, "Layer paths"). */
const LAYER_FOLDER = '/opt'

/**
 * The connections' settings, as a file beside the functions: a function's environment ends at 4 KB, which a dozen
 * connections fill. Secrets are not among them.
 */
export class ConnectionsFile extends LayerVersion {
  /** Where a function that has this layer finds the file. */
  readonly path = `${LAYER_FOLDER}/${FILE}`

  constructor(scope: Construct, id: string, connections: Connections) {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-connections-'))
    writeFileSync(join(folder, FILE), JSON.stringify(connections))
    super(scope, id, {
      // Copied into the cloud assembly at once.
      code: Code.fromAsset(folder),
      description: 'How each connection authenticates and reads its rows',
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    })
    rmSync(folder, { recursive: true })
  }
}
