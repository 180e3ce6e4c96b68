"""Mask -> DICOM SEG, by highdicom.

In:   a mask on the grid of a DICOM image, and that image: a folder of slices or one file.
Out:  one Segmentation object (binary; empty frames left out) that refers to the image, its segments coded in SNOMED CT.
Not:  no resampling: a mask on another grid is refused.

Reference: DICOM PS3.3 A.51; Herrmann et al., J Digit Imaging 2018; 31:290-303
"""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from isocenter.core.errors import FileError, GeometryError, StudyError
from isocenter.core.mask import Mask
from isocenter.io.dicom_header import brief, get, quiet, read_dataset
from isocenter.io.dicom_multiframe import frame_volume, functional
from isocenter.io.dicom_pixels import frame_count
from isocenter.io.dicom_series import read_series
from isocenter.io.file_kind import split_fragment
from isocenter.io.images import open_image
from isocenter.io.whole_file import write_whole

_ANATOMY = Code("91723000", "SCT", "Anatomical Structure")
_TISSUE = Code("85756007", "SCT", "Tissue")
_SERIES_NUMBER = 900
_OF_PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_OF_STUDY = ("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName")
_OF_ALL_FRAMES = ("PixelMeasuresSequence", "PlaneOrientationSequence")


def write_dicom_seg(mask: Mask, series_folder: Path, path: Path, *, codes: Mapping[str, str], algorithm: str) -> Path:
    """Write a mask as a DICOM SEG beside the image it was made from. Returns the path.

    series_folder : the folder (or file) the image was read from
    codes         : class -> "15825003" or "15825003|Aorta" (SNOMED CT); a class without one is coded as tissue, named by its label
    algorithm     : name of the model, as stored in the object

    GeometryError if the mask lies elsewhere than the image; StudyError for a code that is none.
    """
    source = Path(series_folder)
    image = open_image(source)
    if not mask.grid.same_as(image.grid):
        raise GeometryError(
            f"{path}: expected a mask on the grid of {source}, {image.grid.shape}, got {mask.grid.shape} or another place. "
            "Resample the mask onto the image first."
        )
    paths = _source_paths(source)
    datasets = _referable([read_dataset(p) for p in paths])
    frames = _frames(mask, datasets, paths[0])
    describe = partial(_description, codes=codes, algorithm=algorithm)
    segments = [describe(number, name) for number, name in enumerate(mask.names[1:], start=1)]
    try:
        with quiet():
            seg = hd.seg.Segmentation(
                source_images=datasets,
                pixel_array=frames,
                segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
                segment_descriptions=segments,
                series_instance_uid=hd.UID(),
                series_number=_SERIES_NUMBER,
                sop_instance_uid=hd.UID(),
                instance_number=1,
                manufacturer="Isocenter",
                manufacturer_model_name="isocenter",
                software_versions=version("isocenter"),
                device_serial_number="1",
                omit_empty_frames=bool(frames.any()),
                series_description="isocenter segmentation (research)",
            )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise FileError(
            f"{path}: expected a DICOM image a segmentation can refer to, got {source}: {brief(error)}. "
            "Write the mask as .nii.gz instead."
        ) from error
    return write_whole(Path(path), partial(_save, seg))


def _save(seg: Any, path: Path) -> None:
    with quiet():
        seg.save_as(path)


def _source_paths(source: Path) -> tuple[Path, ...]:
    """The image's files, slice by slice."""
    bare, fragment = split_fragment(source)
    if not bare.is_dir():
        return (bare,)
    series = read_series(bare, number_=fragment)
    if series.grid.times_s:
        raise FileError(
            f"{source}: expected a series without times for a SEG, got {len(series.grid.times_s)} times. Write .nii.gz instead."
        )
    return series.paths


def _referable(datasets: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Give headers that anonymization emptied what a reference needs: blanks, and identifiers derived from the instances' own.

    Derived the same way each time, so that two segmentations of one series belong together.
    """
    for ds in datasets:
        for name in _OF_PATIENT + _OF_STUDY:
            if name not in ds:
                setattr(ds, name, "")
        for name, stored in (("SOPClassUID", "MediaStorageSOPClassUID"), ("SOPInstanceUID", "MediaStorageSOPInstanceUID")):
            if get(ds, name) is None:
                setattr(ds, name, get(ds.file_meta, stored))
        for name in _OF_ALL_FRAMES:  # equal in all frames, or the image would not have opened
            item = functional(ds, 0, name)
            shared = get(ds, "SharedFunctionalGroupsSequence")
            if item is not None and shared is not None and name not in shared[0]:
                setattr(shared[0], name, [item])
    seed = str(min(str(ds.SOPInstanceUID) for ds in datasets))
    placed = get(datasets[0], "ImagePositionPatient") is not None
    for name in ("StudyInstanceUID", "SeriesInstanceUID", *(("FrameOfReferenceUID",) if placed else ())):
        derived = generate_uid(entropy_srcs=[name, seed])
        for ds in datasets:
            if get(ds, name) is None:
                setattr(ds, name, derived)
    return datasets


def _frames(mask: Mask, datasets: Sequence[pydicom.Dataset], path: Path) -> NDArray[Any]:
    """Labels as highdicom wants them: (F, rows, columns) segment numbers, or (F, rows, columns, K - 1) where regions overlap."""
    labels = mask.labels.array()  # (1 or K - 1, X, Y[, Z])
    wide = labels if labels.ndim == 4 else labels[..., None]
    frames = wide.transpose(3, 2, 1, 0)  # (Z, rows, columns, 1 or K - 1)
    if len(datasets) == 1 and frame_count(datasets[0]) > 1:
        volume = frame_volume(read_dataset(path), path)
        if volume is None or len(volume.order) != 1:
            raise FileError(f"{path}: expected frames with one position each for a SEG. Write the mask as .nii.gz instead.")
        frames = frames[np.argsort(volume.order[0])]  # from slices to the file's own order
    if mask.overlapping:
        return np.ascontiguousarray(frames.astype(np.uint8))
    kind = np.uint8 if len(mask.names) <= 256 else np.uint16
    return np.ascontiguousarray(frames[..., 0].astype(kind))


def _description(number: int, name: str, *, codes: Mapping[str, str], algorithm: str) -> Any:
    """One segment: its code, its label, and what drew it."""
    code = segment_code(name, codes.get(name, ""))
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=name[:64],
        segmented_property_category=_TISSUE if code == _TISSUE else _ANATOMY,
        segmented_property_type=code,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=algorithm[:64],
            version=version("isocenter"),
            family=Code("123110", "DCM", "Artificial Intelligence"),
        ),
    )


def segment_code(name: str, stated: str) -> Code:
    """SNOMED CT code of a class: "15825003", "15825003|Aorta", or "" for tissue. StudyError for anything else."""
    if not stated:
        return _TISSUE
    value, _, meaning = stated.partition("|")
    value = value.strip()
    if not value.isdecimal() or not 6 <= len(value) <= 18:
        raise StudyError(
            f'expected a SNOMED CT code for {name}, such as "15825003|Aorta", got {stated!r}. Correct `codes` of the target.'
        )
    return Code(value, "SCT", (meaning.strip() or name)[:64])
