"""The names of all metrics, which dashboards, alerts and processes share. Base units; labels stay bounded."""

# From the durable counts: exact through restarts.
FRAMES = "maskwatch_frames"  # counter {camera}: captured
FRAMES_PROCESSED = "maskwatch_frames_processed"  # counter {camera}
FRAMES_DROPPED = "maskwatch_frames_dropped"  # counter {camera, reason}
FRAMES_DEAD_LETTERED = "maskwatch_frames_dead_lettered"  # counter {camera, reason}
FACES = "maskwatch_faces"  # counter {camera, label}
PEOPLE = "maskwatch_people"  # counter {camera, outcome}
PEOPLE_UNJUDGED = "maskwatch_people_unjudged"  # counter {camera, reason}: of the people, outcome cannot_tell
VIOLATIONS = "maskwatch_violations"  # counter {camera}
VIOLATIONS_DISMISSED = "maskwatch_violations_dismissed"  # counter {camera}: found to be none by a person
WATCHED_SECONDS = "maskwatch_watched_seconds"  # counter {camera}: in which the scene was seen
BLIND_SECONDS = "maskwatch_blind_seconds"  # counter {camera, reason}: in which it was not
AREA_VIOLATIONS = "maskwatch_area_violations"  # counter {area}
CAMERA_TRANSITIONS = "maskwatch_camera_transitions"  # counter {camera, state}: times that it came into the state
CAMERA_STALLS = "maskwatch_camera_stalls"  # counter {camera, reason}
CAMERA_FAULTS = "maskwatch_camera_faults"  # counter {camera, fault}: of pictures and clocks

# From the counts of the last 24 hours.
COMPLIANCE_RAW = "maskwatch_compliance_raw_ratio"  # gauge {camera}: masked among judged people
COMPLIANCE_CORRECTED = "maskwatch_compliance_corrected_ratio"  # gauge {camera}: by what detector and model miss
COMPLIANCE_LOW = "maskwatch_compliance_corrected_low_ratio"  # gauge {camera}: the interval's lower end
COMPLIANCE_HIGH = "maskwatch_compliance_corrected_high_ratio"  # gauge {camera}
COVERAGE = "maskwatch_coverage_ratio"  # gauge {camera}: watched among watched and blind time

# From the state of the system.
CAMERA_UP = "maskwatch_camera_up"  # gauge {camera}: 1 while live
CAMERA_STATE = "maskwatch_camera_state"  # gauge {camera, state}: 1 for the state it is in
CAMERA_FRAMES_PER_SECOND = "maskwatch_camera_frames_per_second"  # gauge {camera}
LAST_FRAME_TIMESTAMP = "maskwatch_camera_last_frame_timestamp_seconds"  # gauge {camera}
FRAMES_WAITING = "maskwatch_frames_waiting"  # gauge {camera}: in the stream, not yet handed to a worker
OLDEST_FRAME_TIMESTAMP = "maskwatch_oldest_frame_timestamp_seconds"  # gauge {camera}
PROCESSES = "maskwatch_processes"  # gauge {role}
HEADROOM_CAMERAS = "maskwatch_headroom_cameras"  # gauge: how many more like the present ones fit
WORKERS_WANTED = "maskwatch_workers_wanted"  # gauge: as many as the operator asked for, on each machine
REDIS_UP = "maskwatch_redis_up"  # gauge {server}: 1 while it answers; server is frames or state
REDIS_MEMORY = "maskwatch_redis_memory_bytes"  # gauge {server}: in use
REDIS_MEMORY_LIMIT = "maskwatch_redis_memory_limit_bytes"  # gauge {server}: its maxmemory, else its machine's memory
HEARTBEATS = "maskwatch_heartbeats"  # counter {outcome}: of pictures of known faces: right, wrong, lost
HEARTBEAT_TIMESTAMP = "maskwatch_heartbeat_last_timestamp_seconds"  # gauge {stage}: sent, judged, counted
HEARTBEAT_RIGHT = "maskwatch_heartbeat_right"  # gauge {label}: 1 while the last one's face with that label was told so
HEARTBEAT_DURATION = "maskwatch_heartbeat_duration_seconds"  # gauge: of the last one, from its sending to its count
HEARTBEAT_INTERVAL = "maskwatch_heartbeat_interval_seconds"  # gauge: between two; 0 while they are switched off
MODEL_PROMOTED = "maskwatch_model_promoted_info"  # gauge {version}: 1 for the version to be served
MODEL_VERSIONS = "maskwatch_model_versions"  # gauge: versions in the registry
MODEL_ACCURACY = "maskwatch_model_accuracy_ratio"  # gauge {version, part}: of the newest few, as their makers measured
TRAINING_JOBS = "maskwatch_training_jobs"  # counter {outcome}: finished, refused, failed, cancelled
TRAINING_QUEUED = "maskwatch_training_queued"  # gauge: jobs that wait
TRAINING_IN_PROGRESS = "maskwatch_training_in_progress"  # gauge: 1 while one runs
TRAINING_PROGRESS = "maskwatch_training_progress_ratio"  # gauge: of the one that runs
TRAINING_EPOCH = "maskwatch_training_epoch"  # gauge
TRAINING_LOSS = "maskwatch_training_loss"  # gauge
TRAINING_LAST_DURATION = "maskwatch_training_last_duration_seconds"  # gauge: of the last finished one
TRAINING_LAST_SUCCESS = "maskwatch_training_last_success_timestamp_seconds"  # gauge
TRAINING_LAST_FAILURE = "maskwatch_training_last_failure_timestamp_seconds"  # gauge: failed or refused
TRAINING_PERIOD = "maskwatch_training_schedule_period_seconds"  # gauge: between two scheduled ones

# From each process itself.
BUILD_INFO = "maskwatch_build_info"  # gauge {version}: 1
BUSY_SECONDS = "maskwatch_worker_busy_seconds"  # counter: in which the worker did not wait for frames
WEB_VIEWERS = "maskwatch_web_viewers"  # gauge: open pages that are shown live pictures
WEB_PICTURES = "maskwatch_web_pictures"  # counter: live pictures sent to pages
WEB_REQUESTS = "maskwatch_web_requests"  # counter {method, code}
STAGE_ITEMS = "maskwatch_stage_items"  # counter {stage, direction}
STAGE_IN_PROGRESS = "maskwatch_stage_in_progress"  # gauge {stage}
STAGE_LAST = "maskwatch_stage_last_timestamp_seconds"  # gauge {stage}
STAGE_DURATION = "maskwatch_stage_duration_seconds"  # histogram {stage}
CAPTURE_DELAY = "maskwatch_capture_delay_seconds"  # histogram: a live picture's arrival to its entry in the stream
LOAD_LEVEL = "maskwatch_load_level"  # gauge: what gives way to overload: 0 nothing to 3 resolution
LOAD_RATE = "maskwatch_load_rate_factor_ratio"  # gauge: share of due live frames that is sent
LOAD_LATENESS = "maskwatch_load_lateness_seconds"  # gauge: how late live frames are, by which that is steered
BATCH_FRAMES = "maskwatch_batch_frames"  # histogram
END_TO_END_LATENCY = "maskwatch_end_to_end_latency_seconds"  # histogram: captured to judged
FOREIGN_KEYS = "maskwatch_foreign_keys"  # gauge: met as what none of ours writes; their cameras stand still
DEAD_LETTERS = "maskwatch_dead_letters"  # counter {reason}
CLAIMED = "maskwatch_claimed_entries"  # counter
TRIMMED = "maskwatch_trimmed_entries"  # counter: gone from their stream when they were claimed
FACES_REFUSED = "maskwatch_faces_refused"  # counter: false faces of the detector, by the classifier's answer
PIXELS = "maskwatch_pixels"  # counter: of the pictures judged
PIXELS_SCANNED = "maskwatch_pixels_scanned"  # counter: of these, those that the detector was shown
DETECTOR_INFO = "maskwatch_detector_info"  # gauge {detector}: 1 for the detector in use
DETECTOR_RECALL = "maskwatch_detector_expected_recall_ratio"  # gauge {detector, label}: measured before, not here
DETECTOR_BIAS = "maskwatch_detector_expected_compliance_bias_ratio"  # gauge {detector}: reported less true
MODEL_INFO = "maskwatch_model_info"  # gauge {version}: 1 for the version served
MODEL_RELOADS = "maskwatch_model_reloads"  # counter {outcome}: loaded, a Refusal, or failed
MODEL_RELOAD_TIMESTAMP = "maskwatch_model_reload_timestamp_seconds"  # gauge: since when the version is served
MODEL_BEHIND = "maskwatch_model_behind"  # gauge: 1 while the version promoted is not the one served
SNAPSHOTS = "maskwatch_snapshots"  # counter {outcome}: pictures of violations
WEBHOOK_DELIVERIES = "maskwatch_webhook_deliveries"  # counter {webhook, outcome}
WEBHOOK_WAITING = "maskwatch_webhook_waiting"  # gauge {webhook}: events not yet delivered
REVIEW_FACES = "maskwatch_review_faces"  # counter {outcome}: to be kept for a person to look at
