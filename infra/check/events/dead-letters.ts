import { type Finding, findingsOf } from '../finding.ts';
import { isObject, listOf, resourcesOf, type Template } from '../template/template.ts';
import { type Resolve, textOf } from '../world/resolve.ts';

const found = findingsOf('event');

/** What EventBridge cannot deliver is gone, unless its rule has a queue whose policy lets that rule in, and no other. */
export function deadLetterFindings(template: Template, resolve: Resolve): Finding[] {
  const statements = resourcesOf(template, 'AWS::SQS::QueuePolicy').flatMap(([id, { Properties }]) => {
    const document = resolve(Properties['PolicyDocument'] ?? {});
    const queues = listOf(resolve(Properties['Queues'] ?? [])).map((url) => textOf(url).split('/').at(-1));
    const said = listOf(isObject(document) ? document['Statement'] : []);
    return said.map((statement) => ({ id, queues, statement: isObject(statement) ? statement : {} }));
  });
  return [
    ...statements
      .filter(({ statement }) => statement['Principal'] === '*' || statement['Condition'] === undefined)
      .map(({ id }) => found(id, 'lets in whoever asks: name the service and its rules')),
    ...resourcesOf(template, 'AWS::Events::Rule').flatMap(([id, { Properties }]) => {
      const rule = textOf(resolve({ 'Fn::GetAtt': [id, 'Arn'] }));
      return listOf(resolve(Properties['Targets'] ?? [])).flatMap((target) => {
        const config = isObject(target) ? target['DeadLetterConfig'] : undefined;
        const queue = isObject(config) ? textOf(config['Arn'] ?? '') : undefined;
        if (queue === undefined) return [found(id, 'has no DeadLetterConfig: what cannot be delivered is gone')];
        const lets = statements.some(
          ({ queues, statement: { Resource = '', Condition = {} } }) =>
            queues.includes(queue.split(':').at(-1)) &&
            listOf(Resource).includes(queue) &&
            JSON.stringify(Condition).includes(JSON.stringify(rule)),
        );
        return lets ? [] : [found(id, `no AWS::SQS::QueuePolicy lets it leave anything in ${queue.split(':').at(-1)}`)];
      });
    }),
  ];
}
