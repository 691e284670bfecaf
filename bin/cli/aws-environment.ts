type Env = Record<string, string | undefined>

/**
 * Settles which AWS profile and region this process and the programs that it starts use: `--profile`, or
 * `AWS_PROFILE` and `AWS_DEFAULT_PROFILE`; `AWS_REGION`, then `AWS_DEFAULT_REGION`, otherwise the region of the
 * profile. The AWS CLI and the CDK know all four variables. The AWS SDK reads only `AWS_PROFILE` and
 * `AWS_REGION`, and treats an empty region as a region.
 * @param env is changed.
 * @param profile the value of `--profile`.
 */
export function settleAwsEnvironment(env: Env, profile: string | undefined): void {
  assign(env, 'AWS_PROFILE', profile || env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE)
  assign(env, 'AWS_REGION', env.AWS_REGION || env.AWS_DEFAULT_REGION)
}

/** An `undefined` that is assigned to a variable of `process.env` becomes the text "undefined". */
function assign(env: Env, name: string, value: string | undefined): void {
  if (value) env[name] = value
  else delete env[name]
}

/**
 * If the environment has both a profile and access keys, the SDK takes the profile and the CDK takes the keys,
 * unless the profile is on its command line.
 * @returns arguments for the CDK, with which both use the same account.
 */
export const cdkProfileArguments = ({
  AWS_PROFILE,
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
}: Env): string[] =>
  AWS_PROFILE && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY ? ['--profile', AWS_PROFILE] : []
