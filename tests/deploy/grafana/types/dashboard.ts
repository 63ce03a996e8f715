// Grafana's types, made narrow: a panel's options and settings are those of its kind, and no field is unknown.
import type {
  AnnotationQuery,
  Dashboard,
  DataQuery,
  FieldConfig,
  GraphFieldConfig,
  MatcherConfig,
  Panel,
  RowPanel,
  TableFieldOptions,
  VariableModel,
} from '@grafana/schema';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TimelineConfig,
  Options as TimelineOptions,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as TableOptions } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// A type as JSON has it: enums are the strings and numbers that they stand for.
type Plain<T> = T extends string
  ? string extends T
    ? string
    : `${T}`
  : T extends number
    ? `${T}` extends `${infer Value extends number}`
      ? Value
      : never
    : T extends (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T;

type Without<T, Keys extends keyof T> = Plain<Omit<T, Keys>>;

interface Link {
  title: string;
  url: string;
  targetBlank: boolean;
}

// Of the Prometheus plugin, which publishes no schema.
interface PrometheusQuery extends Without<DataQuery, never> {
  datasource: { type: 'prometheus'; uid: string };
  editorMode: 'code' | 'builder';
  expr: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  interval?: string;
  legendFormat: string;
  range: boolean;
}

// Overrides name their settings by path; those that the dashboards use.
type Settings<Custom> = Without<FieldConfig, 'custom' | 'links'> & { links?: Link[] } & {
  [Key in keyof Custom & string as `custom.${Key}`]?: Plain<Custom[Key]>;
};
type Property<Custom> = {
  [Key in keyof Settings<Custom>]-?: { id: Key; value: NonNullable<Settings<Custom>[Key]> };
}[keyof Settings<Custom>];

interface Override<Custom> {
  matcher: { id: 'byName' | 'byFrameRefID'; options: string } & Plain<Pick<MatcherConfig, 'scope'>>;
  properties: Property<Custom>[];
}

type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | {
      id: 'organize';
      options: {
        excludeByName: Record<string, boolean>;
        indexByName: Record<string, number>;
        renameByName: Record<string, string>;
      };
    };

interface PanelOf<Kind extends string, Options, Custom>
  extends Without<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations'> {
  type: Kind;
  title: string;
  description: string;
  options: Plain<Options>;
  fieldConfig: {
    defaults: Without<FieldConfig, 'custom' | 'links'> & { links?: Link[]; custom?: Plain<Custom> };
    overrides: Override<Custom>[];
  };
  targets: PrometheusQuery[];
  transformations?: Transformation[];
}

type AnyPanel =
  | PanelOf<'stat', StatOptions, Record<never, never>>
  | PanelOf<'bargauge', BarGaugeOptions, Record<never, never>>
  | PanelOf<'timeseries', TimeSeriesOptions, GraphFieldConfig>
  | PanelOf<'state-timeline', TimelineOptions, TimelineConfig>
  | PanelOf<'table', TableOptions, TableFieldOptions>
  | Plain<RowPanel>;

type Variable = Without<VariableModel, 'query'> & {
  // What the Prometheus plugin's editor of variables writes.
  query: string | { qryType: 1; query: string; refId: 'PrometheusVariableQueryEditor-VariableQuery' };
};

interface Annotation extends Without<AnnotationQuery, 'target'> {
  target: PrometheusQuery;
  // Of the Prometheus plugin.
  titleFormat: string;
  textFormat: string;
}

export interface MaskwatchDashboard extends Without<Dashboard, 'panels' | 'templating' | 'annotations'> {
  uid: string;
  panels: AnyPanel[];
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
}
