// Series of the platform: Kubernetes, certificates, object storage, IONOS Cloud.
import { type CatalogueEntry, entriesOf } from './entry.ts';

export const PLATFORM: readonly CatalogueEntry[] = [
  ...entriesOf(
    'prometheus (each scrape)',
    `
    gauge up targets
    gauge scrape_samples_scraped samples`,
  ),
  ...entriesOf(
    'every client library',
    `
    gauge process_start_time_seconds seconds
    gauge process_resident_memory_bytes bytes
    counter process_cpu_seconds_total seconds
    gauge process_open_fds descriptors`,
  ),
  ...entriesOf(
    'kube-state-metrics 2.7; the label of nodes needs --metric-labels-allowlist=nodes=[platform.ionos/az]',
    `
    info kube_pod_info{node, created_by_kind, created_by_name}
    gauge kube_pod_status_ready{condition} pods
    gauge kube_pod_status_scheduled{condition} pods
    gauge kube_pod_status_phase{phase} pods
    gauge kube_pod_container_status_waiting_reason{reason} containers
    gauge kube_pod_container_status_last_terminated_reason{reason} containers
    counter kube_pod_container_status_restarts_total restarts
    gauge kube_pod_container_resource_requests{node, resource, unit} requested
    info kube_node_labels{node, label_platform_ionos_az}
    gauge kube_node_status_condition{node, condition, status} boolean
    gauge kube_node_status_allocatable{node, resource, unit} requested
    gauge kube_node_spec_unschedulable{node} boolean
    gauge kube_node_created{node} seconds
    gauge kube_deployment_spec_replicas{deployment} pods
    gauge kube_deployment_status_replicas_available{deployment} pods
    gauge kube_persistentvolumeclaim_status_phase{persistentvolumeclaim, phase} claims
    gauge kube_horizontalpodautoscaler_status_current_replicas{horizontalpodautoscaler} pods
    gauge kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler} pods
    gauge kube_horizontalpodautoscaler_status_condition{horizontalpodautoscaler, condition, status} boolean
    gauge kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler} pods
    gauge kube_cronjob_created{cronjob} seconds
    gauge kube_cronjob_spec_suspend{cronjob} cronjobs
    gauge kube_cronjob_status_last_successful_time{cronjob} seconds`,
  ),
  ...entriesOf(
    'kube-state-metrics with customResourceState, as infra/kubernetes sets it',
    `
    info gotk_resource_info{customresource_kind, exported_namespace, name, ready, suspended}`,
  ),
  ...entriesOf(
    'kubelet',
    `
    gauge kubelet_volume_stats_used_bytes{persistentvolumeclaim} bytes
    gauge kubelet_volume_stats_capacity_bytes{persistentvolumeclaim} bytes
    gauge kubelet_volume_stats_inodes_used{persistentvolumeclaim} inodes
    gauge kubelet_volume_stats_inodes{persistentvolumeclaim} inodes`,
  ),
  ...entriesOf(
    'cert-manager',
    `
    gauge certmanager_certificate_ready_status{name, condition} certificates
    gauge certmanager_certificate_expiration_timestamp_seconds{name} seconds
    gauge certmanager_certificate_renewal_timestamp_seconds{name} seconds`,
  ),
  ...entriesOf(
    'node_exporter on the bastion, from the text file of infra/ansible/roles/bastion/files/restore-drill.sh',
    `
    gauge restore_drill_begin_timestamp_seconds seconds
    gauge restore_drill_last_success_timestamp_seconds seconds
    gauge restore_drill_duration_seconds seconds`,
  ),
  ...entriesOf(
    'object storage clients of Mimir, Loki and Tempo (thanos objstore)',
    `
    counter thanos_objstore_bucket_operations_total{bucket, component, operation} operations
    counter thanos_objstore_bucket_operation_failures_total{bucket, component, operation} operations
    histogram thanos_objstore_bucket_operation_duration_seconds{bucket, component, operation} seconds`,
  ),
];
