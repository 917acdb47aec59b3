import { METRICS, type MetricName } from '../../../lib/domain/metrics.ts';
import { CLUSTER_NAME } from '../alarms/alarms.ts';
import { OURS } from '../alarms/build.ts';
import type { Value } from '../cloudformation.ts';
import { WIDGETS, type Widget } from './widgets.ts';

/** Widgets stand three beside one another, of 24 columns. */
const [WIDTH, HEIGHT, A_ROW] = [8, 6, 3];

/** A dashboard's name is good for all Regions of an account. */
const NAME = `\${AWS::StackName}-\${AWS::Region}`;

/** The dashboard as CloudFormation has it. */
export function dashboard(): Record<string, Value> {
  const body = JSON.stringify({ widgets: WIDGETS.map(widgetOf) });
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: { 'Fn::Sub': NAME },
        DashboardBody: { 'Fn::Sub': [body, { Cluster: CLUSTER_NAME }] },
      },
    },
  };
}

function widgetOf({ title, stat, ours = [], other = {}, aws = [] }: Widget, at: number) {
  const row = (name: MetricName, options: Readonly<Record<string, string>>) => [
    OURS.namespace,
    name,
    'service',
    OURS.service,
    { ...options, label: METRICS[name].meaning },
  ];
  const others = ours.flatMap((name) => (other[name] === undefined ? [] : [row(name, { stat: other[name] })]));
  return {
    type: 'metric',
    x: (at % A_ROW) * WIDTH,
    y: Math.floor(at / A_ROW) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      ...{ title, stat, period: 60, region: `\${AWS::Region}`, view: 'timeSeries' },
      metrics: [...ours.map((name) => row(name, {})), ...others, ...aws],
    },
  };
}
